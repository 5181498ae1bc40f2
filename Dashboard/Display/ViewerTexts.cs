using System.Globalization;
using MudBlazor;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;

namespace Presence.Dashboard.Display;

/// <summary>Decides and words a <see cref="ViewerStatusKind"/>.</summary>
internal static class ViewerStatusTexts
{
    public static ViewerStatusKind Of(Viewer viewer) => Of(viewer.IsFading, viewer.State);

    public static ViewerStatusKind Of(ViewerSession session) => Of(session.IsFading, session.State);

    private static ViewerStatusKind Of(bool isFading, ViewerState state) => isFading ? ViewerStatusKind.Fading : (ViewerStatusKind)state;

    /// <summary>Why a viewer is in the unverified band.</summary>
    public static string Of(BandReason band) => band switch
    {
        BandReason.Metronome => ViewerTexts.UnverifiedMetronome,
        BandReason.CrowdedAddress => ViewerTexts.UnverifiedAddress,
        _ => $"{ViewerTexts.UnverifiedMetronome} {ViewerTexts.UnverifiedAddress}",
    };

    public static string Text(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => ViewerTexts.StatusWatching,
        ViewerStatusKind.Hidden => ViewerTexts.StatusHidden,
        ViewerStatusKind.Paused => ViewerTexts.StatusPaused,
        _ => ViewerTexts.StatusFading,
    };

    public static string Explanation(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => ViewerTexts.StatusWatchingText,
        ViewerStatusKind.Hidden => ViewerTexts.StatusHiddenText,
        ViewerStatusKind.Paused => ViewerTexts.StatusPausedText,
        _ => ViewerTexts.StatusFadingText,
    };

    public static string Css(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => "status-watching",
        ViewerStatusKind.Hidden => "status-hidden",
        ViewerStatusKind.Paused => "status-paused",
        _ => "status-fading",
    };

    public static IconShape Icon(ViewerStatusKind status) => status switch
    {
        ViewerStatusKind.Watching => Display.IconShape.Eye,
        ViewerStatusKind.Hidden => Display.IconShape.EyeOff,
        ViewerStatusKind.Paused => Display.IconShape.Pause,
        _ => Display.IconShape.Hourglass,
    };
}

/// <summary>A viewer's state in lists: fading first, because the viewer may have left, then what the sessions reported.</summary>
public enum ViewerStatusKind
{
    Watching = (int)ViewerState.Visible,
    Hidden = (int)ViewerState.Hidden,
    Paused = (int)ViewerState.Paused,
    Fading,
}

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

/// <summary>Notes in words.</summary>
internal static class NoteWords
{
    /// <summary>The page of all notes with a flag.</summary>
    public const string WatchList = "watch-list";

    /// <summary>The flags, in the order in which they are offered, with their words in addresses.</summary>
    public static readonly IReadOnlyList<(ViewerFlag Flag, string Word, string Text)> Flags =
        [(ViewerFlag.Vip, "vip", NoteTexts.FlagVip), (ViewerFlag.Trouble, "trouble", NoteTexts.FlagTrouble), (ViewerFlag.Speaker, "speaker", NoteTexts.FlagSpeaker)];

    /// <summary>The flag an address names; null for none.</summary>
    public static ViewerFlag? FlagOf(string? word) => Flags.FirstOrDefault(known => known.Word == word) is { Word: not null } known ? known.Flag : null;

    /// <summary>A flag's word, for addresses and states.</summary>
    public static string WordOf(ViewerFlag flag) => Flags.First(known => known.Flag == flag).Word;

    /// <summary>What a flag is called.</summary>
    public static string Of(ViewerFlag flag) => Flags.First(known => known.Flag == flag).Text;

    /// <summary>The drawing of a flag.</summary>
    public static IconShape ShapeOf(ViewerFlag flag) => flag switch { ViewerFlag.Vip => IconShape.Star, ViewerFlag.Trouble => IconShape.Warning, _ => IconShape.Microphone };

    /// <summary>How a flag stands among others.</summary>
    public static Color ColorOf(ViewerFlag flag) => flag switch { ViewerFlag.Vip => Color.Primary, ViewerFlag.Trouble => Color.Error, _ => Color.Success };

    /// <summary>The latest note, and how many there are.</summary>
    public static string Latest(IReadOnlyList<ViewerNote> notes)
    {
        var (latest, written) = (notes.FirstOrDefault(note => note.Text.Length > 0) ?? notes[0], notes.Count(note => note.Text.Length > 0));
        var text = latest.Text.Length > 0 ? $"{latest.Text} ({latest.By})" : Of(latest.Flag!.Value);
        return written > 1 ? Sentence.With(NoteTexts.MarkMany, Numbers.Count(written), text) : Sentence.With(NoteTexts.Mark, text);
    }
}
