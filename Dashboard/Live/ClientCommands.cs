using System.Text.Json;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Live;

/// <summary>Commands to paste into a terminal, with this installation's address and client key in them.</summary>
internal sealed class ClientCommands(DashboardOptions options, ClientKey key)
{
    public const string Demo = "dotnet run --project Dashboard -- --demo";

    /// <summary>Two commands that make one viewer appear: log in, then send a heartbeat.</summary>
    /// <param name="baseAddress">The address of this server as the browser knows it, with its slash at the end.</param>
    public string FirstViewer(string baseAddress) => options.Clients.AllowUnverifiedLogin == true
        ? $$"""
            TOKEN=$(curl -s {{baseAddress}}api/v5/sessions -H {{Quoted("X-API-Key: " + ClientKey)}} -H 'Content-Type: application/json' -d '{"userId":"ada","displayName":"Ada Lovelace","deviceId":"terminal"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
            curl -X POST {{baseAddress}}api/v1/presence/rooms/first-room/heartbeat -H "Authorization: Bearer $TOKEN"
            """
        : $$"""
            SERVER_KEY=...   # the value of Presence__Server__Key
            curl -X POST {{baseAddress}}api/v1/presence/heartbeats -H "Authorization: Bearer $SERVER_KEY" -H 'Content-Type: application/json' -d '{"heartbeats":[{"roomId":"first-room","userId":"ada"}]}'
            """;

    /// <summary>A browser's client in a few lines: log in, beat as the server asks, leave when the page goes.</summary>
    /// <param name="baseAddress">The address of this server as the browser knows it, with its slash at the end.</param>
    public string BrowserClient(string baseAddress) => $$"""
        const server = {{JsonSerializer.Serialize(baseAddress)}};
        const room = "first-room";

        const login = await fetch(server + "api/v5/sessions", {
          method: "POST",
          headers: { "X-API-Key": {{JsonSerializer.Serialize(ClientKey)}}, "Content-Type": "application/json" },
          body: JSON.stringify({ userId: "ada", displayName: "Ada Lovelace", deviceId: "browser" })
        });
        const { accessToken } = await login.json();

        async function beat() {
          const reply = await fetch(server + `api/v1/presence/rooms/${room}/heartbeat`, {
            method: "POST",
            headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
            body: JSON.stringify({ state: document.hidden ? "hidden" : "visible" })
          });
          const { nextHeartbeatInSeconds = 30 } = await reply.json();
          setTimeout(beat, nextHeartbeatInSeconds * 1000);
        }
        beat();

        addEventListener("pagehide", () => navigator.sendBeacon(
          server + `api/v1/presence/rooms/${room}/leave`, new URLSearchParams({ token: accessToken })));
        """;

    /// <summary>The key apps send, as configured or made at the first start.</summary>
    public string ClientKey => key.Value;

    // Whatever printable characters the key holds: inside single quotes only the quote itself needs care.
    private static string Quoted(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
