namespace Presence.Dashboard.Live;

/// <summary>The lines of a roster that are on screen.</summary>
/// <param name="Items">The lines.</param>
/// <param name="Lines">How many lines there are in all.</param>
/// <param name="Viewers">How many viewers match.</param>
internal sealed record RosterWindow(IReadOnlyList<RosterItem> Items, int Lines, int Viewers);
