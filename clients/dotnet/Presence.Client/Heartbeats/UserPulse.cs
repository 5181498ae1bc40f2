using Presence.Client.Http;

namespace Presence.Client.Heartbeats;

/// <summary>The heartbeats of a user, apart from any room.</summary>
internal sealed class UserPulse(ViewerApi server) : IPulse
{
    private const string Path = "/api/v1/presence/heartbeat";

    public string Key => "";

    /// <summary>A user's heartbeat says nothing but itself.</summary>
    public ViewerState ViewerState => ViewerState.Visible;

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
            NextHeartbeatInSeconds = seconds * (1 - server.Chance() / 10),
        });
    }

    /// <summary>There is none for users: who stops is online until the timeout.</summary>
    public Task LeaveAsync() => Task.CompletedTask;

    public Task LeaveInHasteAsync() => Task.CompletedTask;
}
