using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Live;

/// <summary>Which moderators have a dashboard open and who is about to act on whom, so that they see each other. In memory, and gone with the circuits: nobody here counts as a viewer.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> dialogs and <see cref="Most"/> tabs; one more is not announced. <b>Threads.</b> Any; nobody is called under the lock.</remarks>
internal sealed class ModeratorBoard : IDisposable
{
    public const int Most = 5_000;

    private readonly WatchedArrivals _arrivals;
    private readonly Lock _lock = new();
    private readonly List<Acting> _acting = [];
    private readonly List<ModeratorTab> _tabs = [];

    public ModeratorBoard(WatchedArrivals arrivals)
    {
        _arrivals = arrivals;
        arrivals.Arrived += TellArrival;
    }

    /// <summary>Announces a moderator who is about to act on a viewer, until the result is disposed.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="moderator">The moderator's email.</param>
    /// <param name="changed">Told on any thread when others come or go.</param>
    public Acting Enter(string userId, string moderator, Action changed)
    {
        var acting = new Acting(this, userId, moderator, changed);
        lock (_lock)
        {
            if (_acting.Count < Most)
                _acting.Add(acting);
        }
        TellOthers(acting);
        return acting;
    }

    public void Dispose() => _arrivals.Arrived -= TellArrival;

    internal void Add(ModeratorTab tab)
    {
        lock (_lock)
        {
            if (_tabs.Count < Most)
                _tabs.Add(tab);
        }
    }

    internal void Remove(ModeratorTab tab)
    {
        lock (_lock)
            _tabs.Remove(tab);
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
            return [.. _acting.Where(other => other != acting && PresenceComparers.UserId.Equals(other.UserId, acting.UserId))];
    }

    /// <summary>One open question about a viewer.</summary>
    internal sealed class Acting(ModeratorBoard board, string userId, string moderator, Action changed) : IDisposable
    {
        public string UserId => userId;

        public Action Changed => changed;

        /// <summary>Other moderators who are about to act on the same viewer.</summary>
        public IReadOnlyList<string> Others =>
            [.. board.SameViewer(this).Select(other => other.Moderator).Where(name => !string.Equals(name, moderator, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

        private string Moderator => moderator;

        public void Dispose()
        {
            lock (board._lock)
                board._acting.Remove(this);
            board.TellOthers(this);
        }
    }
}

/// <summary>One open dashboard: a browser tab and its moderator.</summary>
/// <remarks><b>Threads.</b> Any.</remarks>
internal sealed class ModeratorTab(ModeratorBoard board, IPresence presence, ModeratorGuard guard, PageVisibility visibility, NoticeBoard notices, PageFailures failures) : IDisposable
{
    private readonly Lock _lock = new();
    private Notice? _arrivals;
    private int _arrived;

    /// <summary>The moderator's email; empty until <see cref="OpenAsync"/>.</summary>
    public string Moderator { get; private set; } = "";

    /// <summary>Whether notes on viewers are for this moderator.</summary>
    public bool MayAct { get; private set; }

    /// <summary>Whether it is on screen.</summary>
    public bool IsVisible => visibility.IsVisible;

    /// <summary>Announces the tab, once its page is live.</summary>
    public async Task OpenAsync()
    {
        if (Moderator.Length > 0 || !await guard.HoldsAsync(ModeratorRole.Observer))
            return;
        MayAct = await guard.HoldsAsync(ModeratorRole.Moderator);
        Moderator = (await guard.RequireAsync(ModeratorRole.Observer)).Email;
        board.Add(this);
    }

    /// <summary>Says that somebody arrived. Several within the time that one is shown become one sentence, so that other notices stay.</summary>
    public void Tell(WatchedArrival arrival) => _ = TellAsync(arrival);

    public void Dispose() => board.Remove(this);

    private async Task TellAsync(WatchedArrival arrival)
    {
        try
        {
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
                    ? new Notice(Sentence.With(NoteTexts.Arrived, name, NoteWords.Of(arrival.Note.Flag!.Value), room), MudBlazor.Severity.Info, null) { Href = RoomLinks.To(arrival.RoomId) }
                    : new Notice(Sentence.With(NoteTexts.ArrivedMany, Numbers.Count(_arrived), name, room), MudBlazor.Severity.Info, null) { Href = NoteWords.WatchList };
                notices.Say(_arrivals);
            }
        }
#pragma warning disable CA1031 // nobody waits for it: the list marks the viewer all the same
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failures.Note(failure, "An arrival couldn't be told.");
        }
    }
}
