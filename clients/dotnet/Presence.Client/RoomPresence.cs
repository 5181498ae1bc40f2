using System.Runtime.CompilerServices;
using Presence.Client.Heartbeats;
using Presence.Client.Http;
using Presence.Client.Watching;

namespace Presence.Client;

/// <summary>One viewer in one live room: sends heartbeats, and reads the viewers. Reading alone doesn't count.</summary>
/// <remarks><b>Threads.</b> Any, for all members.</remarks>
public sealed class RoomPresence : HeartbeatSender
{
    private readonly RoomHeartbeatKindSource _source;
    private readonly CountWatch _counts;
    private string _roomId;
    private ViewerState _viewerState;
    private bool? _wish;
    private StageInvitation? _invitation;
    private StageInvitation? _answered;
    private bool _asks;

    /// <summary>Creates one. Nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The room id is invalid, or the server's URL is missing.</exception>
    public RoomPresence(RoomPresenceOptions options)
        : base(options)
    {
        RoomPath.Of(options.RoomId);
        _roomId = options.RoomId!;
        _counts = new CountWatch(Server, new CountWatchSource(
            () => _roomId,
            () => FreshReceiptNeedsLock,
            call => Events.Add(() => Call(call)),
            Events.Deliver)
        { Hear = HearOfStream });
        _source = new RoomHeartbeatKindSource(_roomId, options.SessionId ?? options.App.SessionId, options.Device, options.AppVersion, options.Listed)
        {
            ViewerState = () => Server.App.IsHidden ? ViewerState.Hidden : _viewerState,
            SettingsVersion = () => State.Receipt?.SettingsVersion,
            WantsCount = WantsCount,
            HasNews = () => _asks || _wish is not null,
            Hand = TakeHand,
            HandSaid = HandSaid,
        };
    }

    /// <summary>The room.</summary>
    public string RoomId
    {
        get
        {
            lock (Gate)
                return _roomId;
        }
    }

    /// <summary>Null while heartbeats fail, because the last count is outdated.</summary>
    private HeartbeatReceipt? FreshReceiptNeedsLock => StateNeedsLock.Status == PresenceStatus.Present ? StateNeedsLock.Receipt : null;

    /// <summary>The viewer count: all distinct viewers. Tries three times.</summary>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<int> GetRoomUserCountAsync(CancellationToken cancellationToken = default) =>
        (await Server.ReadAsync(RoomPath.Of(RoomId) + "/users/count", PresenceJson.Default.RoomCount, cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>The viewers, up to 200. The count has no limit, so it can be higher. Tries three times.</summary>
    /// <param name="query">The filter and order. Default: latest heartbeat first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PresenceException">The read failed.</exception>
    public async Task<IReadOnlyList<RoomViewer>> GetRoomOnlineUsersAsync(RoomViewerQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = await Server.ReadAsync($"{RoomPath.Of(RoomId)}/users{(query ?? new RoomViewerQuery()).ToQuery()}", PresenceJson.Default.ViewersAnswer, cancellationToken).ConfigureAwait(false);
        return page.Viewers ?? throw PresenceException.NotOfThisServer();
    }

    /// <summary>
    /// The count, now and whenever it changes, from the server's event stream, or polled at the heartbeat interval if
    /// there is no stream. Pauses while the app is in the background. Follows to another room. A slow reader gets the latest.
    /// </summary>
    /// <param name="onTrouble">Called when a read of the count failed. Watching continues.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>It ends when <see cref="PresenceOptions.Stopping"/> is cancelled or this is disposed.</returns>
    /// <exception cref="PresenceException">Refused finally: removed, banned, unauthorized.</exception>
    public IAsyncEnumerable<int> WatchCountAsync(Action<PresenceException>? onTrouble = null, CancellationToken cancellationToken = default) =>
        WatchAsync(TimeSpan.Zero, onTrouble, cancellationToken);

    /// <summary>The same for a secondary screen: the first count at once, then the latest one at most once per interval.</summary>
    /// <param name="minimumInterval">The minimum time between two counts.</param>
    /// <param name="onTrouble">Called when a read of the count failed. Watching continues.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>It ends when <see cref="PresenceOptions.Stopping"/> is cancelled or this is disposed.</returns>
    /// <exception cref="PresenceException">Refused finally: removed, banned, unauthorized.</exception>
    public IAsyncEnumerable<int> WatchCountAsync(TimeSpan minimumInterval, Action<PresenceException>? onTrouble = null, CancellationToken cancellationToken = default) =>
        WatchAsync(minimumInterval, onTrouble, cancellationToken);

    private async IAsyncEnumerable<int> WatchAsync(TimeSpan minimumInterval, Action<PresenceException>? onTrouble, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new CountWatcher(Server.Time, minimumInterval, onTrouble);
        using var stopping = Stopping.Register(() => watcher.End(error: null));
        _counts.Add(watcher);
        try
        {
            while (await watcher.NextAsync(cancellationToken).ConfigureAwait(false) is { } count)
                yield return count;
        }
        finally
        {
            _counts.Remove(watcher);
        }
    }

    /// <summary>Leaves this room first and then, if its heartbeat was running, enters the other.</summary>
    /// <param name="roomId">The other room.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>As <see cref="HeartbeatSender.StartHeartbeatAsync"/>; completed at once if it was not running.</returns>
    /// <exception cref="ArgumentException">The room id is invalid.</exception>
    public Task SwitchRoomAsync(string roomId, CancellationToken cancellationToken = default)
    {
        RoomPath.Of(roomId);
        var wasBeating = IsBeating;
        if (roomId != RoomId)
        {
            _ = StopHeartbeatAsync(CancellationToken.None);
            lock (Gate)
            {
                _roomId = roomId;
                _counts.RestartNeedsLock();
            }
            _counts.Wake();
        }
        return wasBeating ? StartHeartbeatAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>What the viewer does, such as <see cref="ViewerState.Paused"/> while playback is paused. Sent at once.</summary>
    public void SetViewerState(ViewerState state)
    {
        lock (Gate)
            _viewerState = state;
        ViewerStateChanged();
    }

    /// <summary>An invitation to the stage, its acceptance, and, without an invitation, its end: at once while the room's count is watched, otherwise with the next heartbeat.</summary>
    public event EventHandler<InvitationEventArgs>? InvitationChanged;

    /// <summary>The open invitation: pending, or accepted while the viewer is on the stage. Null for none.</summary>
    public StageInvitation? Invitation
    {
        get
        {
            lock (Gate)
                return _invitation;
        }
    }

    /// <summary>Whether the server has the viewer's hand as raised. A moderator can lower it, and a restart of the server does.</summary>
    public bool IsHandRaised
    {
        get
        {
            lock (Gate)
                return FreshReceiptNeedsLock?.IsHandRaised == true;
        }
    }

    /// <summary>Accepts the open invitation.</summary>
    /// <exception cref="InvalidOperationException">There is no open invitation.</exception>
    /// <exception cref="PresenceException">It is over, or the server can't be reached.</exception>
    public Task<StageInvitation> AcceptAsync(CancellationToken cancellationToken = default) => AnswerAsync("accept", cancellationToken);

    /// <summary>Rejects the open invitation.</summary>
    /// <exception cref="InvalidOperationException">There is no open invitation.</exception>
    /// <exception cref="PresenceException">It is over, or the server can't be reached.</exception>
    public Task<StageInvitation> RejectAsync(CancellationToken cancellationToken = default) => AnswerAsync("reject", cancellationToken);

    /// <summary>Raises the viewer's hand: said at once if the heartbeat runs, otherwise with its first one.</summary>
    public void RaiseHand() => Wave(true);

    /// <summary>Takes the hand down.</summary>
    public void LowerHand() => Wave(false);

    /// <summary>Also for the count that is watched.</summary>
    public override void Resume()
    {
        base.Resume();
        _counts.Resume();
    }

    private protected override IHeartbeatKind NewPulseNeedsLock() => new RoomHeartbeatKind(Server, _source with { RoomId = _roomId });

    private protected override void StateChangedNeedsLock()
    {
        _counts?.OfferNeedsLock(FreshReceiptNeedsLock?.Count);
        HearNeedsLock(StateNeedsLock.Status is PresenceStatus.Idle or PresenceStatus.Refused ? null : StateNeedsLock.Receipt?.Invitation);
    }

    private protected override void End() => _counts.End();

    private void Wave(bool isUp)
    {
        lock (Gate)
            _wish = isUp;
        ViewerStateChanged();
    }

    /// <summary>What the heartbeat that is sent now says of the hand. Its reply tells of the invitation.</summary>
    private bool? TakeHand()
    {
        lock (Gate)
        {
            _asks = false;
            return _wish;
        }
    }

    private void HandSaid(bool said)
    {
        lock (Gate)
        {
            if (_wish == said)
                _wish = null;
        }
    }

    private async Task<StageInvitation> AnswerAsync(string word, CancellationToken cancellationToken)
    {
        var open = Invitation ?? throw new InvalidOperationException("There is no open invitation.");
        var request = new ApiRequest(HttpMethod.Post, $"{RoomPath.Of(RoomId)}/invitation/{Uri.EscapeDataString(open.Id)}/{word}");
        var answered = await Server.SendAsync(request, PresenceJson.Default.StageInvitation, cancellationToken).ConfigureAwait(false);
        lock (Gate)
            HearNeedsLock(_answered = answered);
        Events.Deliver();
        return answered;
    }

    /// <summary>Asks for it in place of taking it: heartbeats and streams overtake each other, one heartbeat never another.</summary>
    private void HearOfStream(StageInvitation told)
    {
        lock (Gate)
            _asks = !IsSame(Open(told), _invitation);
        ViewerStateChanged();
    }

    private void HearNeedsLock(StageInvitation? told)
    {
        var before = _invitation;
        var invitation = _invitation = Open(told?.Id == _answered?.Id ? _answered : told); // a heartbeat can have been under way before the answer
        if (!IsSame(before, invitation))
            Events.Add(() => Call(() => InvitationChanged?.Invoke(this, new InvitationEventArgs(invitation))));
    }

    private static StageInvitation? Open(StageInvitation? invitation) => invitation?.Status is "pending" or "accepted" ? invitation : null;

    private static bool IsSame(StageInvitation? one, StageInvitation? other) => (one?.Id, one?.Status) == (other?.Id, other?.Status);

    private bool WantsCount()
    {
        lock (Gate)
            return _counts.IsPollingNeedsLock;
    }
}

/// <summary>Which room, on which server, and who the viewer is.</summary>
public sealed class RoomPresenceOptions : PresenceOptions
{
    /// <summary>The room, 1 to 128 characters, none of them a control character or one of <c>/ \ ? # %</c>. Required.</summary>
    public string? RoomId { get; set; }

    /// <summary>The viewer's device, for moderators. Up to 300 characters.</summary>
    public string? Device { get; set; }

    /// <summary>The app's version, for moderators. Up to 30 characters.</summary>
    public string? AppVersion { get; set; }

    /// <summary>False: the viewer is counted, and named in no list, until it leaves. True by default.</summary>
    public bool Listed { get; set; } = true;
}

/// <summary>An invitation to a room's stage as co-host.</summary>
public sealed class StageInvitation
{
    /// <summary>Its id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The room.</summary>
    public string RoomId { get; init; } = "";

    /// <summary><c>pending</c>, <c>accepted</c>, <c>rejected</c>, <c>cancelled</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset InvitedAt { get; init; }

    /// <summary>Until when it can be answered.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How long a pending one can be answered, whatever this device's clock says.</summary>
    public double? ExpiresInSeconds { get; init; }
}

/// <summary>Reports what became of an invitation.</summary>
/// <param name="invitation">The open invitation. Null when it is over.</param>
public sealed class InvitationEventArgs(StageInvitation? invitation) : EventArgs
{
    /// <summary>The open invitation. Null when it is over.</summary>
    public StageInvitation? Invitation { get; } = invitation;
}

/// <summary>A room's counts.</summary>
public sealed class RoomCount
{
    /// <summary>All distinct viewers, users and guests, without a limit.</summary>
    public int Count { get; init; }

    /// <summary>The time of these values, at most one second ago.</summary>
    public DateTimeOffset ReferenceTimestamp { get; init; }

    /// <summary>Their tabs and devices.</summary>
    public int Sessions { get; init; }

    /// <summary>Viewers without an account.</summary>
    public int Guests { get; init; }

    /// <summary>Viewers with all sessions in the background.</summary>
    public int Hidden { get; init; }

    /// <summary>Viewers whose heartbeats are overdue but who still count.</summary>
    public int Fading { get; init; }

    /// <summary>True after a restart, until one interval has passed: viewers who have left in the meantime may still be counted.</summary>
    public bool Warming { get; init; }
}
