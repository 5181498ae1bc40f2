using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>What a viewer's page shows, read at one moment.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture; null where nothing is known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="IsKnown">Whether this server ever saw the user.</param>
/// <param name="Places">Where it is, the longest there first.</param>
/// <param name="OnlineAt">Its latest network heartbeat; null when it is not online, or asked not to be listed.</param>
/// <param name="Removals">What keeps it out, and who decided it.</param>
/// <param name="At">The moment of all this.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
/// <param name="MayAct">Whether this moderator may remove and lift.</param>
public sealed record ViewerReading(
    string UserId,
    UserProfile? Profile,
    bool IsGuest,
    bool IsKnown,
    IReadOnlyList<ViewerPlace> Places,
    DateTimeOffset? OnlineAt,
    IReadOnlyList<RemovalEntry> Removals,
    DateTimeOffset At,
    bool IsWarming,
    bool IsEnabled,
    bool MayAct);
