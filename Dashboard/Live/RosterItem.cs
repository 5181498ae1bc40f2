using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>One line of a roster: a viewer, or one of its sessions below it. All lines are equally tall, or a long list would jump.</summary>
/// <param name="Viewer">The viewer; when it left while the list stood still, as it was last seen.</param>
/// <param name="Session">The session the line is of; null for the viewer's own line.</param>
public sealed record RosterItem(Viewer Viewer, ViewerSession? Session)
{
    /// <summary>Its place in the list, 1 for the first.</summary>
    public int Line { get; init; }

    /// <summary>Since the list stands still the viewer left.</summary>
    public bool HasLeft { get; init; }

    /// <summary>Tells lines apart, whatever place they are at. Ids hold no control characters.</summary>
    public string Key => Session is null ? Viewer.UserId : Viewer.UserId + "\n" + Session.SessionId;
}
