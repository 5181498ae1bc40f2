using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client.Heartbeats;

/// <summary>One session's heartbeats in one room.</summary>
internal sealed class RoomPulse(ViewerApi server, RoomPulseSource source) : IPulse
{
    private readonly string _path = RoomPath.Of(source.RoomId);

    public string Key => $"{source.RoomId} {source.SessionId}";

    public ViewerState ViewerState => source.ViewerState();

    public async Task<HeartbeatReceipt> BeatAsync(CancellationToken cancellationToken)
    {
        var body = new HeartbeatBody
        {
            SessionId = source.SessionId,
            State = ViewerState,
            Device = source.Device,
            AppVersion = source.AppVersion,
            SettingsVersion = source.SettingsVersion(),
        };
        var request = new ApiRequest(HttpMethod.Post, _path + "/heartbeat" + (source.WantsCount() ? "?include=count" : ""))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(body, PresenceJson.Default.HeartbeatBody),
        };
        return HeartbeatAnswer.ToReceipt(await server.SendAsync(request, PresenceJson.Default.HeartbeatAnswer, cancellationToken).ConfigureAwait(false));
    }

    public Task LeaveAsync() =>
        server.SendAsync(new ApiRequest(HttpMethod.Delete, $"{_path}/heartbeat?sessionId={Uri.EscapeDataString(source.SessionId)}"), CancellationToken.None);

    public Task LeaveInHasteAsync() => server.LeaveByBeaconAsync($"{_path}/leave", source.SessionId);
}
