using System.Globalization;
using Presence.Engine.Stage;

namespace Presence.Dashboard.Display;

/// <summary>Invitations in words.</summary>
internal static class StageTexts
{
    /// <summary>"Invited 1:32", "On stage", "Declined", "No answer"; nothing for one that was cancelled.</summary>
    public static string Badge(StageInvitation? invitation, DateTimeOffset now) => invitation?.Status switch
    {
        InvitationStatus.Pending => Sentence.With(RoomTexts.StageInvitedBadge, Left(invitation, now)),
        InvitationStatus.Accepted => RoomTexts.StageOn,
        InvitationStatus.Rejected => RoomTexts.StageRejected,
        InvitationStatus.Expired => RoomTexts.StageExpired,
        _ => "",
    };

    /// <summary>"1:32" to answer.</summary>
    public static string Left(StageInvitation invitation, DateTimeOffset now) => TimeSpan.FromSeconds(Math.Ceiling(invitation.Remaining(now).TotalSeconds)).ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
