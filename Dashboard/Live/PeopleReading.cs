using Presence.Dashboard.Authentication.Accounts;

namespace Presence.Dashboard.Live;

/// <summary>What the people page shows.</summary>
/// <param name="Moderators">Every account, by email.</param>
/// <param name="Invitations">Those that wait to be used, the newest first.</param>
/// <param name="OwnEmail">Who looks.</param>
internal sealed record PeopleReading(IReadOnlyList<Moderator> Moderators, IReadOnlyList<Invitation> Invitations, string OwnEmail);
