namespace Presence.Dashboard.Live;

/// <summary>What the page of users online was asked to show; it stands in the address.</summary>
/// <param name="Search">Text the name or id contains; empty for all.</param>
/// <param name="LatestFirst">Latest heartbeat first, else oldest first.</param>
internal sealed record OnlineView(string Search, bool LatestFirst);
