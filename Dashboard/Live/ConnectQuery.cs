using Presence.Dashboard.Accounts;
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
