// What journey.ts uses of Node.js, so that it compiles where @types/node is not installed.
declare const process: { readonly argv: string[]; readonly env: Record<string, string> };
declare module "node:http" {
  interface Request {
    readonly headers: Record<string, string>;
    toArray(): Promise<Uint8Array<ArrayBuffer>[]>;
  }
  interface Answer {
    writeHead(status: number, headers: Record<string, string>): Answer;
    end(done: () => void): void;
  }
  interface Server {
    address(): { readonly port: number };
    listen(port: number): Server;
    close(): void;
  }
  export function createServer(answer: (request: Request, response: Answer) => void): Server;
}
