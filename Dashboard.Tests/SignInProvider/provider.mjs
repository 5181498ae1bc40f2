// An OpenID Connect provider of its own process, for tests: everybody signs in by name, with any password. Says "ready" once it listens.
// Arguments: port, the client's secret, the dashboard's address.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, secret, dashboard, named] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const groups = new Map();

const provider = new Provider(named ?? issuer, {
  clients: [{
    client_id: "presence",
    client_secret: secret,
    redirect_uris: [`${dashboard}/sign-in/provider/callback`],
    post_logout_redirect_uris: [`${dashboard}/sign-in/provider/signed-out`],
  }],
  claims: { openid: ["sub"], email: ["email"], groups: ["groups"] },
  cookies: { keys: ["of a test"] },
  findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@provider.example`, groups: groups.get(id) ?? [] }) }),
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
    grant.addOIDCScope("openid email groups");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer((request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname !== "/groups") return answer(request, response);
  groups.set(url.searchParams.get("of"), url.searchParams.getAll("in"));
  response.end();
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
