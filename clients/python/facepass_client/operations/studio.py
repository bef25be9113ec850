"""Operations of admin, auth, webhooks. Made by clients/generate.py from the API's document."""

from collections.abc import Sequence
from typing import Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged


class Admin(Group):
    def list_keys(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Key]:
        """List API keys. GET /api/v1/admin/keys

        Newest first, revoked ones too. No answer has a key itself. In pages of 50, 200 at most (`page_size`);
        `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/admin/keys", query={"cursor": cursor, "page_size": page_size}))

    def create_key(
        self,
        *,
        name: str,
        scopes: Sequence[models.ScopesEnum] | NotGiven = NOT_GIVEN,
        expires_at: str | NotGiven | None = NOT_GIVEN,
    ) -> models.IssuedKey:
        """Make an API key. POST /api/v1/admin/keys

        Issues a key. Its token stands in this answer and nowhere else.

        `name`: What people call the key.

        `scopes`: What the key may do.

        `expires_at`: Until when it can be used; null for ever.
        """
        answer: models.IssuedKey = self._json(
            Call("POST", "/api/v1/admin/keys", body={"name": name, "scopes": scopes, "expires_at": expires_at})
        )
        return answer

    def get_key(self, key_id: str) -> models.Key:
        """Get an API key. GET /api/v1/admin/keys/{key_id}

        Without the key itself, which nobody can read again. 404 for another studio's, as for one that there
        never was.
        """
        answer: models.Key = self._json(Call("GET", "/api/v1/admin/keys/{key_id}", ids={"key_id": key_id}))
        return answer

    def revoke_key(self, key_id: str) -> models.Key:
        """Revoke an API key. POST /api/v1/admin/keys/{key_id}/revoke

        From now on the key is refused. Revoking it again changes nothing.
        """
        answer: models.Key = self._json(Call("POST", "/api/v1/admin/keys/{key_id}/revoke", ids={"key_id": key_id}))
        return answer

    def rotate_key(self, key_id: str, *, overlap_hours: int | NotGiven = NOT_GIVEN) -> models.IssuedKey:
        """Replace an API key by a new one. POST /api/v1/admin/keys/{key_id}/rotate

        Issues a successor that may do the same. The old key works on for `overlap_hours`.

        `overlap_hours`: For how many hours the old key still works.
        """
        answer: models.IssuedKey = self._json(
            Call(
                "POST",
                "/api/v1/admin/keys/{key_id}/rotate",
                ids={"key_id": key_id},
                body={"overlap_hours": overlap_hours},
            )
        )
        return answer

    def get_stats(self, *, from_: str | NotGiven = NOT_GIVEN, to: str | NotGiven = NOT_GIVEN) -> models.Stats:
        """Count what there is and how it is used. GET /api/v1/admin/stats

        Of the caller's studios; the queue is the whole installation's.

        `from_`: The first day; by default 30 days are told.

        `to`: The last day; by default today.
        """
        answer: models.Stats = self._json(Call("GET", "/api/v1/admin/stats", query={"from": from_, "to": to}))
        return answer

    def list_users(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        role: Literal["manager", "owner", "photographer", "verifier", "viewer"] | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Staff]:
        """List the studio's staff. GET /api/v1/admin/users

        By name, with the role in the studio. In pages of 50, 200 at most (`page_size`); `next` has the address
        of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.

        `role`: * `owner` - owner

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/admin/users",
                query={"cursor": cursor, "page_size": page_size, "role": role, "search": search},
            )
        )


class AsyncAdmin(AsyncGroup):
    def list_keys(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Key]:
        """List API keys. GET /api/v1/admin/keys

        Newest first, revoked ones too. No answer has a key itself. In pages of 50, 200 at most (`page_size`);
        `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/admin/keys", query={"cursor": cursor, "page_size": page_size}))

    async def create_key(
        self,
        *,
        name: str,
        scopes: Sequence[models.ScopesEnum] | NotGiven = NOT_GIVEN,
        expires_at: str | NotGiven | None = NOT_GIVEN,
    ) -> models.IssuedKey:
        """Make an API key. POST /api/v1/admin/keys

        Issues a key. Its token stands in this answer and nowhere else.

        `name`: What people call the key.

        `scopes`: What the key may do.

        `expires_at`: Until when it can be used; null for ever.
        """
        answer: models.IssuedKey = await self._json(
            Call("POST", "/api/v1/admin/keys", body={"name": name, "scopes": scopes, "expires_at": expires_at})
        )
        return answer

    async def get_key(self, key_id: str) -> models.Key:
        """Get an API key. GET /api/v1/admin/keys/{key_id}

        Without the key itself, which nobody can read again. 404 for another studio's, as for one that there
        never was.
        """
        answer: models.Key = await self._json(Call("GET", "/api/v1/admin/keys/{key_id}", ids={"key_id": key_id}))
        return answer

    async def revoke_key(self, key_id: str) -> models.Key:
        """Revoke an API key. POST /api/v1/admin/keys/{key_id}/revoke

        From now on the key is refused. Revoking it again changes nothing.
        """
        answer: models.Key = await self._json(
            Call("POST", "/api/v1/admin/keys/{key_id}/revoke", ids={"key_id": key_id})
        )
        return answer

    async def rotate_key(self, key_id: str, *, overlap_hours: int | NotGiven = NOT_GIVEN) -> models.IssuedKey:
        """Replace an API key by a new one. POST /api/v1/admin/keys/{key_id}/rotate

        Issues a successor that may do the same. The old key works on for `overlap_hours`.

        `overlap_hours`: For how many hours the old key still works.
        """
        answer: models.IssuedKey = await self._json(
            Call(
                "POST",
                "/api/v1/admin/keys/{key_id}/rotate",
                ids={"key_id": key_id},
                body={"overlap_hours": overlap_hours},
            )
        )
        return answer

    async def get_stats(self, *, from_: str | NotGiven = NOT_GIVEN, to: str | NotGiven = NOT_GIVEN) -> models.Stats:
        """Count what there is and how it is used. GET /api/v1/admin/stats

        Of the caller's studios; the queue is the whole installation's.

        `from_`: The first day; by default 30 days are told.

        `to`: The last day; by default today.
        """
        answer: models.Stats = await self._json(Call("GET", "/api/v1/admin/stats", query={"from": from_, "to": to}))
        return answer

    def list_users(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        role: Literal["manager", "owner", "photographer", "verifier", "viewer"] | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Staff]:
        """List the studio's staff. GET /api/v1/admin/users

        By name, with the role in the studio. In pages of 50, 200 at most (`page_size`); `next` has the address
        of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.

        `role`: * `owner` - owner

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/admin/users",
                query={"cursor": cursor, "page_size": page_size, "role": role, "search": search},
            )
        )


class Auth(Group):
    def logout(self, *, refresh: str) -> None:
        """End a sign-in. POST /api/v1/auth/logout

        Ends all tokens that came of the sign-in to which this refresh token belongs; also if it was spent.

        `refresh`: Gets new tokens, once, within seven days.
        """
        self._nothing(Call("POST", "/api/v1/auth/logout", body={"refresh": refresh}))

    def refresh(self, *, refresh: str) -> models.NewTokens:
        """Get new tokens by a refresh token. POST /api/v1/auth/refresh

        New tokens for a refresh token, which is spent thereby. Used again, it ends all tokens of its sign-in.

        `refresh`: Gets new tokens, once, within seven days.
        """
        answer: models.NewTokens = self._json(Call("POST", "/api/v1/auth/refresh", body={"refresh": refresh}))
        return answer

    def token(self, *, username: str, password: str, otp: str | NotGiven = NOT_GIVEN) -> models.Tokens:
        """Get tokens by a name and a password. POST /api/v1/auth/token

        An access token (15 minutes) and a refresh token (7 days) for a name and a password.

        Who has a second factor sends its code, or a recovery code, as `otp` as well.

        `otp`: The code of the authenticator app, of an account with a second factor.

        `username`: The name to sign in by.

        `password`: The account's password.
        """
        answer: models.Tokens = self._json(
            Call("POST", "/api/v1/auth/token", body={"otp": otp, "username": username, "password": password})
        )
        return answer


class AsyncAuth(AsyncGroup):
    async def logout(self, *, refresh: str) -> None:
        """End a sign-in. POST /api/v1/auth/logout

        Ends all tokens that came of the sign-in to which this refresh token belongs; also if it was spent.

        `refresh`: Gets new tokens, once, within seven days.
        """
        await self._nothing(Call("POST", "/api/v1/auth/logout", body={"refresh": refresh}))

    async def refresh(self, *, refresh: str) -> models.NewTokens:
        """Get new tokens by a refresh token. POST /api/v1/auth/refresh

        New tokens for a refresh token, which is spent thereby. Used again, it ends all tokens of its sign-in.

        `refresh`: Gets new tokens, once, within seven days.
        """
        answer: models.NewTokens = await self._json(Call("POST", "/api/v1/auth/refresh", body={"refresh": refresh}))
        return answer

    async def token(self, *, username: str, password: str, otp: str | NotGiven = NOT_GIVEN) -> models.Tokens:
        """Get tokens by a name and a password. POST /api/v1/auth/token

        An access token (15 minutes) and a refresh token (7 days) for a name and a password.

        Who has a second factor sends its code, or a recovery code, as `otp` as well.

        `otp`: The code of the authenticator app, of an account with a second factor.

        `username`: The name to sign in by.

        `password`: The account's password.
        """
        answer: models.Tokens = await self._json(
            Call("POST", "/api/v1/auth/token", body={"otp": otp, "username": username, "password": password})
        )
        return answer


class Webhooks(Group):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Endpoint]:
        """List webhooks. GET /api/v1/webhooks

        Newest first, without their secrets. In pages of 50, 200 at most (`page_size`); `next` has the address
        of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/webhooks", query={"cursor": cursor, "page_size": page_size}))

    def create(
        self,
        *,
        url: str,
        events: Sequence[models.EventsEnum],
        description: str | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Secret:
        """Make a webhook. POST /api/v1/webhooks

        The answer has the secret that signs, and no other answer does.

        `url`: Where events are sent: an address that this server can reach.

        `description`: Any text.

        `events`: The kinds of events that are delivered.

        `enabled`: Whether events are delivered.
        """
        answer: models.Secret = self._json(
            Call(
                "POST",
                "/api/v1/webhooks",
                body={"url": url, "description": description, "events": events, "enabled": enabled},
            )
        )
        return answer

    def get(self, webhook_id: str) -> models.Endpoint:
        """Get a webhook. GET /api/v1/webhooks/{webhook_id}

        Without its secret. 404 for another studio's, as for one that there never was.
        """
        answer: models.Endpoint = self._json(
            Call("GET", "/api/v1/webhooks/{webhook_id}", ids={"webhook_id": webhook_id})
        )
        return answer

    def change(
        self,
        webhook_id: str,
        *,
        url: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        events: Sequence[models.EventsEnum] | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Endpoint:
        """Change a webhook. PATCH /api/v1/webhooks/{webhook_id}

        What is left out stays as it is. Switched on again, its failures are forgotten.

        `url`: Where events are sent: an address that this server can reach.

        `description`: Any text.

        `events`: The kinds of events that are delivered.

        `enabled`: Whether events are delivered.
        """
        answer: models.Endpoint = self._json(
            Call(
                "PATCH",
                "/api/v1/webhooks/{webhook_id}",
                ids={"webhook_id": webhook_id},
                body={"url": url, "description": description, "events": events, "enabled": enabled},
            )
        )
        return answer

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook. DELETE /api/v1/webhooks/{webhook_id}

        With its deliveries. What is under way may still arrive.
        """
        self._nothing(Call("DELETE", "/api/v1/webhooks/{webhook_id}", ids={"webhook_id": webhook_id}))

    def list_deliveries(
        self, webhook_id: str, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Delivery]:
        """List a webhook's deliveries. GET /api/v1/webhooks/{webhook_id}/deliveries

        Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/webhooks/{webhook_id}/deliveries",
                ids={"webhook_id": webhook_id},
                query={"cursor": cursor, "page_size": page_size},
            )
        )

    def rotate_secret(self, webhook_id: str) -> models.Secret:
        """Replace a webhook's secret. POST /api/v1/webhooks/{webhook_id}/rotate-secret

        A new secret; for a day every delivery is signed with both.
        """
        answer: models.Secret = self._json(
            Call("POST", "/api/v1/webhooks/{webhook_id}/rotate-secret", ids={"webhook_id": webhook_id})
        )
        return answer

    def test(self, webhook_id: str) -> models.Delivery:
        """Send a test event. POST /api/v1/webhooks/{webhook_id}/test

        Sends an event `webhook.test`.
        """
        answer: models.Delivery = self._json(
            Call("POST", "/api/v1/webhooks/{webhook_id}/test", ids={"webhook_id": webhook_id})
        )
        return answer

    def get_delivery(self, delivery_id: str) -> models.LoggedDelivery:
        """Get a delivery with its attempts. GET /api/v1/webhooks/deliveries/{delivery_id}

        With what was sent and answered each time.
        """
        answer: models.LoggedDelivery = self._json(
            Call("GET", "/api/v1/webhooks/deliveries/{delivery_id}", ids={"delivery_id": delivery_id})
        )
        return answer

    def replay_delivery(self, delivery_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Delivery:
        """Deliver an event again. POST /api/v1/webhooks/deliveries/{delivery_id}/replay

        Sends the same event again, also where it was delivered.
        """
        answer: models.Delivery = self._json(
            Call(
                "POST",
                "/api/v1/webhooks/deliveries/{delivery_id}/replay",
                ids={"delivery_id": delivery_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncWebhooks(AsyncGroup):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Endpoint]:
        """List webhooks. GET /api/v1/webhooks

        Newest first, without their secrets. In pages of 50, 200 at most (`page_size`); `next` has the address
        of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/webhooks", query={"cursor": cursor, "page_size": page_size}))

    async def create(
        self,
        *,
        url: str,
        events: Sequence[models.EventsEnum],
        description: str | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Secret:
        """Make a webhook. POST /api/v1/webhooks

        The answer has the secret that signs, and no other answer does.

        `url`: Where events are sent: an address that this server can reach.

        `description`: Any text.

        `events`: The kinds of events that are delivered.

        `enabled`: Whether events are delivered.
        """
        answer: models.Secret = await self._json(
            Call(
                "POST",
                "/api/v1/webhooks",
                body={"url": url, "description": description, "events": events, "enabled": enabled},
            )
        )
        return answer

    async def get(self, webhook_id: str) -> models.Endpoint:
        """Get a webhook. GET /api/v1/webhooks/{webhook_id}

        Without its secret. 404 for another studio's, as for one that there never was.
        """
        answer: models.Endpoint = await self._json(
            Call("GET", "/api/v1/webhooks/{webhook_id}", ids={"webhook_id": webhook_id})
        )
        return answer

    async def change(
        self,
        webhook_id: str,
        *,
        url: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        events: Sequence[models.EventsEnum] | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Endpoint:
        """Change a webhook. PATCH /api/v1/webhooks/{webhook_id}

        What is left out stays as it is. Switched on again, its failures are forgotten.

        `url`: Where events are sent: an address that this server can reach.

        `description`: Any text.

        `events`: The kinds of events that are delivered.

        `enabled`: Whether events are delivered.
        """
        answer: models.Endpoint = await self._json(
            Call(
                "PATCH",
                "/api/v1/webhooks/{webhook_id}",
                ids={"webhook_id": webhook_id},
                body={"url": url, "description": description, "events": events, "enabled": enabled},
            )
        )
        return answer

    async def delete(self, webhook_id: str) -> None:
        """Delete a webhook. DELETE /api/v1/webhooks/{webhook_id}

        With its deliveries. What is under way may still arrive.
        """
        await self._nothing(Call("DELETE", "/api/v1/webhooks/{webhook_id}", ids={"webhook_id": webhook_id}))

    def list_deliveries(
        self, webhook_id: str, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Delivery]:
        """List a webhook's deliveries. GET /api/v1/webhooks/{webhook_id}/deliveries

        Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/webhooks/{webhook_id}/deliveries",
                ids={"webhook_id": webhook_id},
                query={"cursor": cursor, "page_size": page_size},
            )
        )

    async def rotate_secret(self, webhook_id: str) -> models.Secret:
        """Replace a webhook's secret. POST /api/v1/webhooks/{webhook_id}/rotate-secret

        A new secret; for a day every delivery is signed with both.
        """
        answer: models.Secret = await self._json(
            Call("POST", "/api/v1/webhooks/{webhook_id}/rotate-secret", ids={"webhook_id": webhook_id})
        )
        return answer

    async def test(self, webhook_id: str) -> models.Delivery:
        """Send a test event. POST /api/v1/webhooks/{webhook_id}/test

        Sends an event `webhook.test`.
        """
        answer: models.Delivery = await self._json(
            Call("POST", "/api/v1/webhooks/{webhook_id}/test", ids={"webhook_id": webhook_id})
        )
        return answer

    async def get_delivery(self, delivery_id: str) -> models.LoggedDelivery:
        """Get a delivery with its attempts. GET /api/v1/webhooks/deliveries/{delivery_id}

        With what was sent and answered each time.
        """
        answer: models.LoggedDelivery = await self._json(
            Call("GET", "/api/v1/webhooks/deliveries/{delivery_id}", ids={"delivery_id": delivery_id})
        )
        return answer

    async def replay_delivery(
        self, delivery_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Delivery:
        """Deliver an event again. POST /api/v1/webhooks/deliveries/{delivery_id}/replay

        Sends the same event again, also where it was delivered.
        """
        answer: models.Delivery = await self._json(
            Call(
                "POST",
                "/api/v1/webhooks/deliveries/{delivery_id}/replay",
                ids={"delivery_id": delivery_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer
