using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>An order that is frozen while the moderator points at it: no row moves under the finger, and the rows still update.</summary>
/// <remarks><b>Threads.</b> The circuit's. <b>Bound.</b> The order it was given last.</remarks>
internal sealed class FrozenOrder
{
    private IReadOnlyList<string>? _kept;
    private bool _isHeld;

    /// <summary>Whether the order would be another by now.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Sets whether the moderator points at the list. Afterwards, the next order is the new one.</summary>
    public void Hold(bool isHeld) => _isHeld = isHeld;

    /// <summary>The next order is the new one, held or not: another list was asked for, or the moderator wants to see it.</summary>
    public void Release() => _kept = null;

    /// <summary>The order to show.</summary>
    /// <param name="latest">The order as it is now.</param>
    public IReadOnlyList<string> Of(IReadOnlyList<string> latest)
    {
        if (!_isHeld || _kept is null)
            _kept = latest;
        IsWaiting = !ReferenceEquals(_kept, latest) && !_kept.SequenceEqual(latest, PresenceComparers.RoomId);
        return _kept;
    }
}
