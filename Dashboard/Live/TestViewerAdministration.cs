using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Test viewers as moderators send them; the role is checked here, whatever the page shows.</summary>
internal sealed class TestViewerAdministration(TestViewers viewers, ModeratorGuard guard)
{
    public ValueTask<bool> MaySendAsync() => guard.HoldsAsync(ModeratorRole.Moderator);

    /// <inheritdoc cref="TestViewers.Send"/>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was sent.</exception>
    public async Task<HeartbeatOutcome?> SendAsync(string roomId)
    {
        await guard.RequireAsync(ModeratorRole.Moderator);
        return viewers.Send(roomId);
    }
}
