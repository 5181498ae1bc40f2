using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>One viewer. Renders only when what it shows changed: rows are read several times a second, few of them differ.</summary>
public sealed partial class ViewerRow
{
    private Shown _shown;
    private bool _isChanged;

    [Parameter, EditorRequired]
    public RosterItem Item { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <summary>Whether its sessions are shown below it.</summary>
    [Parameter]
    public bool IsOpen { get; set; }

    [Parameter]
    public bool CanRemove { get; set; }

    [Parameter]
    public bool CanLift { get; set; }

    /// <summary>Whether it is among those who are acted on together. Null while none are chosen.</summary>
    [Parameter]
    public bool? IsSelected { get; set; }

    /// <summary>Its latest invitation to the stage. Null for none.</summary>
    [Parameter]
    public StageInvitation? Invitation { get; set; }

    /// <summary>Invites it, or takes an open invitation back.</summary>
    [Parameter]
    public EventCallback<RosterItem> OnInvite { get; set; }

    /// <summary>What moderators noted about it.</summary>
    [Parameter]
    public NoteMark Mark { get; set; }

    /// <summary>Another moderator who is about to act on it. Null for none.</summary>
    [Parameter]
    public (string Moderator, ModeratorAct Act)? Acting { get; set; }

    /// <summary>Its earlier visits. Null where nothing is to be said.</summary>
    [Parameter]
    public RegularMark? Regular { get; set; }

    /// <summary>Adds a note.</summary>
    [Parameter]
    public EventCallback<RosterItem> OnNote { get; set; }

    [Parameter]
    public EventCallback<RosterItem> OnToggle { get; set; }

    [Parameter]
    public EventCallback<RosterItem> OnRemove { get; set; }

    /// <summary>Selects it, or no longer.</summary>
    [Parameter]
    public EventCallback<RosterItem> OnSelect { get; set; }

    [Parameter]
    public EventCallback<RosterItem> OnLift { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    private string InviteLabel => _shown.Invitation switch
    {
        InvitationStatus.Pending => RoomTexts.StageCancelOf,
        InvitationStatus.Accepted => RoomTexts.StageTakeOffOf,
        _ => RoomTexts.StageInviteOf,
    };

    private string InviteTitle => _shown.Invitation switch
    {
        InvitationStatus.Pending => RoomTexts.StageCancel,
        InvitationStatus.Accepted => RoomTexts.StageTakeOff,
        _ => RoomTexts.StageInvite,
    };

    private string MarkTitle => _shown.Mark is { Flag: { } flag, Text: { } text } ? Sentence.With(NoteTexts.Watched, NoteWords.Of(flag), text) : NoteTexts.FilterAny;

    private string Said => VisibleText.Isolated(_shown.Name);

    protected override void OnParametersSet()
    {
        var viewer = Item.Viewer;
        var isSeen = viewer.JoinedAt != default;
        var shown = new Shown(
            Item.Line,
            viewer.UserId,
            ViewerNames.Of(viewer),
            viewer.Profile?.AvatarUrl,
            ViewerStatusTexts.Of(viewer),
            isSeen ? Durations.Rough(Now - viewer.JoinedAt) : "",
            isSeen ? Durations.Ago(Now - viewer.LastHeartbeatAt) : "",
            viewer.Sessions,
            IsOpen,
            Item.HasLeft,
            CanRemove,
            CanLift,
            viewer.HandRaisedAt is not null && !Item.HasLeft,
            Item.HasLeft ? "" : StageTexts.Badge(Invitation, Now),
            Invitation?.Status,
            Mark,
            Acting,
            Regular)
        { IsSelected = IsSelected, Band = viewer.Band == BandReason.None || Item.HasLeft ? "" : ViewerStatusTexts.Of(viewer.Band) };
        _isChanged = shown != _shown;
        _shown = shown;
    }

    protected override bool ShouldRender() => _isChanged;

    private readonly record struct Shown(
        int Line,
        string UserId,
        string Name,
        string? AvatarUrl,
        ViewerStatusKind Status,
        string WatchingFor,
        string LastHeartbeat,
        int Sessions,
        bool IsOpen,
        bool HasLeft,
        bool CanRemove,
        bool CanLift,
        bool HasHand,
        string Stage,
        InvitationStatus? Invitation,
        NoteMark Mark,
        (string Moderator, ModeratorAct Act)? Acting,
        RegularMark? Regular)
    {
        public bool? IsSelected { get; init; }

        /// <summary>Why it is in the unverified band; empty when it is not.</summary>
        public string Band { get; init; } = "";

        /// <summary>Whether something more urgent has the place of words.</summary>
        public bool IsBadged => Acting is not null || HasHand || Stage.Length > 0;

        public bool IsOpenOnStage => Invitation is InvitationStatus.Pending or InvitationStatus.Accepted;
    }
}
