using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client.Heartbeats;

/// <summary>One session's heartbeats in one room.</summary>
internal sealed class RoomHeartbeatKind(ViewerApi server, RoomHeartbeatKindSource source) : IHeartbeatKind
{
    private readonly string _path = RoomPath.Of(source.RoomId);

    public string Key => $"{source.RoomId} {source.SessionId}";

    public ViewerState ViewerState => source.ViewerState();

    public bool HasNews => source.HasNews();

    public async Task<HeartbeatReceipt> BeatAsync(CancellationToken cancellationToken)
    {
        var hand = source.Hand();
        var body = new HeartbeatBody
        {
            SessionId = source.SessionId,
            State = ViewerState,
            Device = source.Device,
            AppVersion = source.AppVersion,
            Listed = source.Listed ? null : false,
            SettingsVersion = source.SettingsVersion(),
            HandRaised = hand,
        };
        var request = new ApiRequest(HttpMethod.Post, _path + "/heartbeat" + (source.WantsCount() ? "?include=count" : ""))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(body, PresenceJson.Default.HeartbeatBody),
        };
        var receipt = HeartbeatAnswer.ToReceipt(await server.SendAsync(request, PresenceJson.Default.HeartbeatAnswer, cancellationToken).ConfigureAwait(false));
        if (hand is { } said)
            source.HandSaid(said);
        return receipt;
    }

    public Task LeaveAsync() =>
        server.SendAsync(new ApiRequest(HttpMethod.Delete, $"{_path}/heartbeat?sessionId={Uri.EscapeDataString(source.SessionId)}"), CancellationToken.None);

    public Task LeaveInHasteAsync() => server.LeaveByBeaconAsync($"{_path}/leave", source.SessionId);
}

/// <summary>What a room's heartbeats say; the functions are called for each.</summary>
internal sealed record RoomHeartbeatKindSource(string RoomId, string SessionId, string? Device, string? AppVersion, bool Listed)
{
    public Func<ViewerState> ViewerState { get; init; } = static () => Client.ViewerState.Visible;
    public Func<int?> SettingsVersion { get; init; } = static () => null;
    public Func<bool> WantsCount { get; init; } = static () => false;
    public Func<bool> HasNews { get; init; } = static () => false;
    public Func<bool?> Hand { get; init; } = static () => null;
    public Action<bool> HandSaid { get; init; } = static _ => { };
}

/// <summary>The heartbeats of a user, apart from any room.</summary>
internal sealed class UserHeartbeatKind(ViewerApi server) : IHeartbeatKind
{
    private const string Path = "/api/v1/presence/heartbeat";

    public string Key => "";

    /// <summary>A user's heartbeat says nothing but itself.</summary>
    public ViewerState ViewerState => ViewerState.Visible;

    public bool HasNews => false;

    /// <summary>Its answer names no pace, so the settings are asked with each one: a moderator may have changed it.</summary>
    public async Task<HeartbeatReceipt> BeatAsync(CancellationToken cancellationToken)
    {
        var settings = server.SendAsync(ApiRequest.Get(PresenceSettingsAnswer.Path), PresenceJson.Default.PresenceSettingsAnswer, cancellationToken);
        var beat = server.SendAsync(new ApiRequest(HttpMethod.Post, Path), cancellationToken);
        await Task.WhenAll(settings, beat).ConfigureAwait(false);

        var seconds = (await settings.ConfigureAwait(false)).Network?.HeartbeatInterval;
        return HeartbeatAnswer.ToReceipt(new HeartbeatAnswer
        {
            HeartbeatIntervalSeconds = seconds,
            NextHeartbeatInSeconds = seconds * (1 - server.Jitter() / 10),
        });
    }

    /// <summary>Users have no leave request: they stay online until the timeout.</summary>
    public Task LeaveAsync() => Task.CompletedTask;

    public Task LeaveInHasteAsync() => Task.CompletedTask;
}
