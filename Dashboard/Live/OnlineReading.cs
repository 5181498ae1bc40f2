using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>What the page of users online shows.</summary>
/// <param name="Count">How many are online, those not listed included.</param>
/// <param name="Page">The users asked for, perhaps a little older than the count (see <see cref="RowPace"/>).</param>
/// <param name="IsWarming">Users may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record OnlineReading(OnlineCount Count, OnlineRoster Page, bool IsWarming, bool IsEnabled);
