using System.Text.Json;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Listens for the first heartbeat of a test room. Looking doesn't create the room.</summary>
internal sealed class ConnectQuery(IPresence presence, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<ConnectViewModel> ReadAsync(string roomId)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        var room = (await presence.ReadRoomRowsAsync([roomId]))[0].Room;
        return new ConnectViewModel(room.Count.Viewers, room.Since, presence.Current.Settings.Enabled, room.Count.At);
    }
}

/// <summary>Whether the test room heard from a client.</summary>
/// <param name="Viewers">Who is in it now.</param>
/// <param name="Since">When the first of them joined. Null while it is empty.</param>
/// <param name="IsEnabled">Whether heartbeats are taken at all.</param>
/// <param name="At">The moment all of it is true of.</param>
public sealed record ConnectViewModel(int Viewers, DateTimeOffset? Since, bool IsEnabled, DateTimeOffset At);

/// <summary>Test viewers as moderators send them; the role is checked here, whatever the page shows.</summary>
internal sealed class TestViewerAdministration(TestViewers viewers, ModeratorGuard guard)
{
    public ValueTask<bool> MaySendAsync(string? roomId) => guard.HoldsAsync(ModeratorRole.Moderator, roomId);

    /// <inheritdoc cref="TestViewers.SendAsync"/>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was sent.</exception>
    public async Task<HeartbeatOutcome?> SendAsync(string roomId)
    {
        await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await viewers.SendAsync(roomId);
    }
}

/// <summary>Commands for a terminal and code to paste, with this installation's address and client key in them.</summary>
internal sealed class ClientCommands(DashboardOptions options, ClientKey key)
{
    public const string Demo = "dotnet run --project Dashboard -- --demo";

    /// <summary>The room of commands that name none.</summary>
    public const string FirstRoom = "first-room";

    /// <summary>Two commands that make one viewer appear: log in, then send a heartbeat.</summary>
    /// <param name="baseAddress">The address of this server as the browser knows it, with its slash at the end.</param>
    /// <param name="roomId">The room; of letters, digits and hyphens.</param>
    public string FirstViewer(string baseAddress, string roomId = FirstRoom) => options.Clients.AllowUnverifiedLogin == true
        ? $$"""
            TOKEN=$(curl -s {{baseAddress}}api/v5/sessions -H {{Quoted("X-API-Key: " + ClientKey)}} -H 'Content-Type: application/json' -d '{"userId":"ada","displayName":"Ada Lovelace","deviceId":"terminal"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
            curl -X POST {{baseAddress}}api/v1/presence/rooms/{{roomId}}/heartbeat -H "Authorization: Bearer $TOKEN"
            """
        : $$"""
            SERVER_KEY=...   # the value of Presence__Server__Key
            curl -X POST {{baseAddress}}api/v1/presence/heartbeats -H "Authorization: Bearer $SERVER_KEY" -H 'Content-Type: application/json' -d '{"heartbeats":[{"roomId":"{{roomId}}","userId":"ada"}]}'
            """;

    /// <summary>The TypeScript client at work in a page: HTML that needs nothing but this server, which hands the client out.</summary>
    /// <inheritdoc cref="FirstViewer"/>
    public string BrowserClient(string baseAddress, string roomId) => $$"""
        <script type="module">
          import { RoomPresence } from {{Text(baseAddress + "client/v1/presence.js")}};

          const server = {{Text(baseAddress.TrimEnd('/'))}};
          const room = new RoomPresence({
            baseUrl: server,
            roomId: {{Text(roomId)}},
            getToken: {{BrowserToken}}
          });

          room.startHeartbeat();
          room.watchCount(count => document.title = `${count} watching`);
        </script>
        """;

    /// <summary>The .NET client at work, until its program ends.</summary>
    /// <inheritdoc cref="FirstViewer"/>
    public string CSharp(string baseAddress, string roomId) => $$"""
        using Presence.Client;

        var server = new Uri({{Text(baseAddress.TrimEnd('/'))}});
        {{CSharpSignIn}}await using var room = new RoomPresence(new RoomPresenceOptions
        {
            BaseUrl = server,
            RoomId = {{Text(roomId)}},
            GetToken = {{CSharpToken}},
        });

        await room.StartHeartbeatAsync();
        Console.ReadLine(); // present until you press Enter, then removed at once
        """;

    /// <summary>The key apps send, as configured or made at the first start.</summary>
    public string ClientKey => key.Value;

    private string BrowserToken => options.Clients.AllowUnverifiedLogin == true
        ? $$"""
            async () => {
                  const login = await fetch(server + "/api/v5/sessions", {
                    method: "POST",
                    headers: { "X-API-Key": {{Text(ClientKey)}}, "Content-Type": "application/json" },
                    body: JSON.stringify({
                      userId: "ada", displayName: "Ada Lovelace", deviceId: "browser",
                    }),
                  });
                  return (await login.json()).accessToken;
                },
            """
        : """() => fetch("/presence-token").then(answer => answer.text()), // your backend signs it""";

    private string CSharpSignIn => options.Clients.AllowUnverifiedLogin == true ? $"var login = new PresenceLogin(server, {Text(ClientKey)});\n" : "";

    private string CSharpToken => options.Clients.AllowUnverifiedLogin == true
        ? """cancellation => login.LogInAsync("ada", "desktop", "Ada Lovelace", cancellationToken: cancellation)"""
        : """cancellation => YourBackend.GetPresenceTokenAsync(cancellation)""";

    // A JSON string is valid in JavaScript and C#. It can't end a script, because it writes < as \u003C.
    private static string Text(string text) => JsonSerializer.Serialize(text);

    // Inside single quotes, only the quote itself needs escaping.
    private static string Quoted(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
