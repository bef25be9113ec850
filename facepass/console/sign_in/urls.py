"""Addresses below the admin's; those of the login are open to everybody."""

from django.contrib import admin
from django.urls import path

from facepass import pages
from facepass.console.sign_in import (
    account,
    authenticator_app,
    passkey_step,
    passkeys,
    people,
    provider_pages,
    second_step,
)

of_staff = admin.site.admin_view

sign_in_urls = [
    path("login/second-step/", pages.limit_login(second_step.show_second_step), name="login_second_step"),
    path("login/passkey/", pages.limit_login(passkey_step.sign_in), name="login_passkey"),
    path("login/passkey/challenge/", pages.limit_login(passkey_step.send_challenge), name="login_passkey_challenge"),
    path("login/provider/", provider_pages.go_to_provider, name="login_provider"),
    path("login/provider/answer/", provider_pages.take_answer, name="login_provider_answer"),
    path("account/", of_staff(account.show_account), name="account"),
    path("account/again/", of_staff(account.sign_in_again), name="account_again"),
    path("account/codes/", of_staff(account.make_codes), name="account_codes"),
    path("account/app/", of_staff(authenticator_app.add_app), name="account_app"),
    path("account/app/remove/", of_staff(authenticator_app.remove_app), name="account_app_remove"),
    path("account/passkeys/", of_staff(passkeys.add_passkey), name="account_passkeys"),
    path("account/passkeys/request/", of_staff(passkeys.send_request), name="account_passkeys_request"),
    path("account/passkeys/<uuid:pk>/remove/", of_staff(passkeys.remove_passkey), name="account_passkeys_remove"),
    path("account/sign-ins/<uuid:pk>/end/", of_staff(account.end_sign_in), name="account_sign_in_end"),
    path("account/sign-ins/end-others/", of_staff(account.end_others), name="account_sign_ins_end_others"),
    path("account/people/", of_staff(people.show_people), name="account_people"),
    path("account/people/<int:pk>/reset/", of_staff(people.reset), name="account_people_reset"),
]
