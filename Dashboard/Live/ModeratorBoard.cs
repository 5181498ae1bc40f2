using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Live;

/// <summary>Which moderators have which room open, who is about to act on whom, and who has a room in hand, so that they see each other.</summary>
/// <remarks>
/// In memory, and gone with the circuits: nobody here counts as a viewer.
/// <para><b>Bound.</b> <see cref="Most"/> dialogs, tabs and claims; one more is not announced.</para>
/// <para><b>Threads.</b> Any; nobody is called under the lock.</para>
/// </remarks>
internal sealed class ModeratorBoard : IDisposable
{
    public const int Most = 5_000;

    /// <summary>A claim outlives its moderator's last tab by this: a reload is no release.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly WatchedArrivals _arrivals;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<Acting> _acting = [];
    private readonly List<ModeratorTab> _tabs = [];
    private readonly Dictionary<string, (RoomClaim Claim, DateTimeOffset? LeftAt)> _claims = new(PresenceComparers.RoomId);

    public ModeratorBoard(WatchedArrivals arrivals, TimeProvider time)
    {
        (_arrivals, _time) = (arrivals, time);
        arrivals.Arrived += TellArrival;
    }

    /// <summary>Announces a moderator who is about to act on a viewer, until the result is disposed.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="moderator">The moderator's email.</param>
    /// <param name="changed">Told on any thread when others come or go.</param>
    /// <param name="act">What the moderator is about to do.</param>
    /// <param name="name">What the viewer is called; the id where it is not known.</param>
    /// <param name="roomId">The room at hand, whose moderators see it; null for none.</param>
    public Acting Enter(string userId, string moderator, Action changed, ModeratorAct act = ModeratorAct.Ban, string? name = null, string? roomId = null) =>
        Enter([userId], moderator, changed, act, name ?? VisibleText.IdOf(userId), roomId);

    /// <summary>Announces a moderator who is about to act on several viewers together, until the result is disposed.</summary>
    /// <param name="userIds">The viewers.</param>
    /// <param name="moderator">The moderator's email.</param>
    /// <param name="changed">Told on any thread when others come or go.</param>
    /// <param name="act">What the moderator is about to do.</param>
    /// <param name="name">What they are called together.</param>
    /// <param name="roomId">The room at hand, whose moderators see it; null for none.</param>
    public Acting Enter(IReadOnlyList<string> userIds, string moderator, Action changed, ModeratorAct act, string name, string? roomId)
    {
        var acting = new Acting(this, userIds.ToHashSet(PresenceComparers.UserId), moderator, changed) { Act = act, Name = name, RoomId = roomId };
        lock (_lock)
        {
            if (_acting.Count < Most)
                _acting.Add(acting);
        }
        TellOthers(acting);
        return acting;
    }

    /// <summary>The other moderators who have a room open, and what each is about to do.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="except">Whose page asks.</param>
    public IReadOnlyList<ModeratorHere> In(string roomId, string except)
    {
        lock (_lock)
        {
            if (_tabs.Count < 2)
                return [];
            return
            [
                .. _tabs.Where(tab => PresenceComparers.RoomId.Equals(tab.RoomId, roomId)).Select(tab => tab.Moderator).Where(moderator => !IsSame(moderator, except))
                    .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
                    .Select(moderator => new ModeratorHere(moderator, _acting.FindLast(acting => IsSame(acting.Moderator, moderator) && PresenceComparers.RoomId.Equals(acting.RoomId, roomId)) is { } acting ? (acting.Act, acting.Name) : null)),
            ];
        }
    }

    /// <summary>Who else is about to act on a viewer; null when nobody is.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="except">Whose page asks.</param>
    public (string Moderator, ModeratorAct Act)? ActOn(string userId, string except)
    {
        lock (_lock)
            return _acting.Find(acting => acting.UserIds.Contains(userId) && !IsSame(acting.Moderator, except)) is { } found ? (found.Moderator, found.Act) : null;
    }

    /// <summary>Who has a room in hand; null when nobody has.</summary>
    public RoomClaim? ClaimOf(string roomId)
    {
        lock (_lock)
            return ClaimNeedsLock(roomId);
    }

    /// <summary>Takes a room in hand.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="moderator">Who takes it.</param>
    /// <param name="known">Who had it as the moderator saw it; null for nobody.</param>
    /// <returns>False, and nothing changed, when another has it by now.</returns>
    public bool TryClaim(string roomId, string moderator, string? known)
    {
        ModeratorTab[] former;
        lock (_lock)
        {
            var before = ClaimNeedsLock(roomId);
            if (before is not null && !IsSame(before.Moderator, known ?? "") && !IsSame(before.Moderator, moderator))
                return false;
            if (before is null && _claims.Count >= Most)
                return false;
            _claims[roomId] = (new RoomClaim(moderator, _time.GetUtcNow()), _tabs.Exists(tab => IsSame(tab.Moderator, moderator)) ? null : _time.GetUtcNow());
            former = before is null || IsSame(before.Moderator, moderator) ? [] : [.. _tabs.Where(tab => IsSame(tab.Moderator, before.Moderator))];
        }
        // Told where it will be read.
        if ((former.LastOrDefault(tab => tab.IsVisible) ?? former.LastOrDefault()) is { } told)
            told.Say(Sentence.With(DeskTexts.TakenOver, moderator, VisibleText.Isolated(VisibleText.IdOf(roomId))), RoomLinks.To(roomId));
        return true;
    }

    /// <summary>Gives a room back, where the moderator has it.</summary>
    public void Release(string roomId, string moderator)
    {
        lock (_lock)
        {
            if (ClaimNeedsLock(roomId) is { } claim && IsSame(claim.Moderator, moderator))
                _claims.Remove(roomId);
        }
    }

    public void Dispose() => _arrivals.Arrived -= TellArrival;

    internal void Add(ModeratorTab tab)
    {
        lock (_lock)
        {
            if (_tabs.Count >= Most)
                return;
            _tabs.Add(tab);
            foreach (var (roomId, held) in _claims.Where(held => IsSame(held.Value.Claim.Moderator, tab.Moderator)).ToList())
                _claims[roomId] = (held.Claim, null);
        }
    }

    internal void Remove(ModeratorTab tab)
    {
        lock (_lock)
        {
            if (!_tabs.Remove(tab) || _tabs.Exists(other => IsSame(other.Moderator, tab.Moderator)))
                return;
            foreach (var (roomId, held) in _claims.Where(held => IsSame(held.Value.Claim.Moderator, tab.Moderator)).ToList())
                _claims[roomId] = (held.Claim, _time.GetUtcNow());
        }
    }

    private static bool IsSame(string moderator, string other) => string.Equals(moderator, other, StringComparison.OrdinalIgnoreCase);

    private RoomClaim? ClaimNeedsLock(string roomId)
    {
        if (!_claims.TryGetValue(roomId, out var held))
            return null;
        if (held.LeftAt is not { } left || _time.GetUtcNow() - left < Grace)
            return held.Claim;
        _claims.Remove(roomId);
        return null;
    }

    /// <summary>Each moderator is told in one tab: the one on screen that was opened last.</summary>
    private void TellArrival(object? sender, WatchedArrivedEventArgs news)
    {
        ModeratorTab[] told;
        lock (_lock)
            told = [.. _tabs.Where(tab => tab.MayAct).GroupBy(tab => tab.Moderator, StringComparer.OrdinalIgnoreCase).Select(tabs => tabs.LastOrDefault(tab => tab.IsVisible) ?? tabs.Last())];
        foreach (var tab in told)
            tab.Tell(news.Arrival);
    }

    private void TellOthers(Acting acting)
    {
        foreach (var other in SameViewer(acting))
            other.Changed();
    }

    private Acting[] SameViewer(Acting acting)
    {
        lock (_lock)
            return [.. _acting.Where(other => other != acting && other.UserIds.Overlaps(acting.UserIds))];
    }

    /// <summary>One open question about a viewer, or about several.</summary>
    internal sealed class Acting(ModeratorBoard board, HashSet<string> userIds, string moderator, Action changed) : IDisposable
    {
        public IReadOnlySet<string> UserIds => userIds;

        public string Moderator => moderator;

        public ModeratorAct Act { get; init; }

        /// <summary>The room at hand; null for none.</summary>
        public string? RoomId { get; init; }

        /// <summary>What the viewer is called.</summary>
        public required string Name { get; init; }

        public Action Changed => changed;

        /// <summary>Other moderators who are about to act on the same viewer.</summary>
        public IReadOnlyList<string> Others =>
            [.. board.SameViewer(this).Select(other => other.Moderator).Where(name => !IsSame(name, moderator)).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

        public void Dispose()
        {
            lock (board._lock)
                board._acting.Remove(this);
            board.TellOthers(this);
        }
    }
}

/// <summary>What a moderator is about to do to a viewer.</summary>
public enum ModeratorAct
{
    Ban,
    Note,
}

/// <summary>A moderator who has a room open.</summary>
/// <param name="Moderator">The email.</param>
/// <param name="Doing">What the moderator is about to do, and to whom; null for nothing.</param>
internal sealed record ModeratorHere(string Moderator, (ModeratorAct Act, string Name)? Doing);

/// <summary>Who has a room in hand.</summary>
/// <param name="Moderator">The email.</param>
/// <param name="Since">Since when.</param>
internal sealed record RoomClaim(string Moderator, DateTimeOffset Since);

/// <summary>One open dashboard: a browser tab and its moderator.</summary>
/// <remarks><b>Threads.</b> Any.</remarks>
internal sealed class ModeratorTab(ModeratorBoard board, IPresence presence, ModeratorGuard guard, PageVisibility visibility, NoticeBoard notices, ILogger<ModeratorTab> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private Notice? _arrivals;
    private int _arrived;

    /// <summary>The moderator's email; empty until <see cref="OpenAsync"/>.</summary>
    public string Moderator { get; private set; } = "";

    /// <summary>Whether notes on viewers are for this moderator.</summary>
    public bool MayAct { get; private set; }

    /// <summary>The room whose page is open; null for none.</summary>
    public string? RoomId { get; set; }

    /// <summary>Whether it is on screen.</summary>
    public bool IsVisible => visibility.IsVisible;

    /// <summary>Announces the tab, once its page is live.</summary>
    public async Task OpenAsync()
    {
        try
        {
            MayAct = await guard.HoldsAsync(ModeratorRole.Moderator);
            if (Moderator.Length > 0 || !(await guard.AccessAsync()).HoldsSomewhere(ModeratorRole.Observer))
                return;
            var email = (await guard.RequireSomewhereAsync(ModeratorRole.Observer)).Email;
            if (Moderator.Length > 0)
                return; // another part of the page was faster
            Moderator = email;
            board.Add(this);
        }
#pragma warning disable CA1031 // the page says itself what cannot be read, and lives on: others don't see this tab
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogWarning(exception, "A moderator's tab could not be announced to the others.");
        }
    }

    /// <summary>Says that somebody arrived. Several within the time that one is shown become one sentence, so that other notices stay.</summary>
    public void Tell(WatchedArrival arrival) => _ = TellAsync(arrival);

    /// <summary>Says something in this tab.</summary>
    public void Say(string text, string href) => notices.Say(new Notice(text, Severity.Info, null) { Href = href });

    public void Dispose() => board.Remove(this);

    private async Task TellAsync(WatchedArrival arrival)
    {
        try
        {
            if (!await guard.HoldsAsync(ModeratorRole.Moderator))
                return; // narrowed to some rooms since the tab was opened
            var profiles = await presence.ReadProfilesAsync([arrival.Note.UserId]);
            var name = VisibleText.Isolated(ViewerNames.Of(profiles[0], isGuest: false, arrival.Note.UserId));
            var room = VisibleText.Isolated(VisibleText.IdOf(arrival.RoomId));
            lock (_lock)
            {
                var isShown = _arrivals is { } before && notices.Shown.Contains(before);
                _arrived = isShown ? _arrived + 1 : 1;
                if (isShown)
                    notices.Take(_arrivals!);
                _arrivals = _arrived == 1
                    ? new Notice(Sentence.With(NoteTexts.Arrived, name, NoteWords.Of(arrival.Note.Flag!.Value), room), Severity.Info, null) { Href = RoomLinks.To(arrival.RoomId) }
                    : new Notice(Sentence.With(NoteTexts.ArrivedMany, Numbers.Count(_arrived), name, room), Severity.Info, null) { Href = NoteWords.WatchList };
                notices.Say(_arrivals);
            }
        }
#pragma warning disable CA1031 // nobody waits for it: the list marks the viewer all the same
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "An arrival couldn't be told.");
        }
    }
}

/// <summary>Taking a room in hand, and what is left for the next moderator of it; the role is checked here, whatever the page shows.</summary>
internal sealed class RoomDesk(ModeratorBoard board, Presence.Engine.Storage.HandoverStore handovers, ModeratorGuard guard)
{
    /// <summary>Takes a room in hand; false when another has it by now.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task<bool> TryClaimAsync(string roomId, string? known) => board.TryClaim(roomId, (await guard.RequireAsync(ModeratorRole.Moderator, roomId)).Email, known);

    /// <summary>Gives a room back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task ReleaseAsync(string roomId) => board.Release(roomId, (await guard.RequireAsync(ModeratorRole.Moderator, roomId)).Email);

    /// <summary>Leaves a note for the next moderator, or with null clears it.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task HandOverAsync(string roomId, string? text) => await handovers.SetAsync(roomId, text, (await guard.RequireAsync(ModeratorRole.Moderator, roomId)).Actor, CancellationToken.None);
}
