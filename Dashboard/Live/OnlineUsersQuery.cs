using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Reads who is online in the network, for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class OnlineUsersQuery(IPresence presence, ModeratorGuard guard, TimeProvider time, PageReads? reads = null)
{
    private readonly RowThrottle _pace = new(time);
    private OnlineView? _view;
    private OnlineRoster? _page;

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<OnlineUsersViewModel> ReadAsync(OnlineView view)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Observer);
        if (view != _view)
            _pace.Reset();
        if (_page is not { } page || _pace.IsDue)
        {
            if (reads is not null && view.Search.Length > 0)
                await reads.WaitAsync(moderator.AccountId, (await presence.ReadNetworkAsync()).Online.Users);
            page = await ReadPageAsync(view);
        }
        return new OnlineUsersViewModel((await presence.ReadNetworkAsync()).Online, page, presence.Current.IsWarming, presence.Current.Settings.Enabled);
    }

    private async ValueTask<OnlineRoster> ReadPageAsync(OnlineView view)
    {
        var page = await presence.ReadOnlineAsync(new OnlineQuery { Search = view.Search.Length == 0 ? null : view.Search, LatestFirst = view.LatestFirst });
        var known = (_page?.Users ?? []).Select(user => user.UserId).ToHashSet(PresenceComparers.UserId);
        _pace.RecordRead(page.Users.Count(user => !known.Contains(user.UserId)));
        (_view, _page) = (view, page);
        return page;
    }
}

/// <summary>What the page of users online shows.</summary>
/// <param name="Count">How many are online, those not listed included.</param>
/// <param name="Page">The users asked for, perhaps a little older than the count (see <see cref="RowThrottle"/>).</param>
/// <param name="IsWarming">Users may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record OnlineUsersViewModel(OnlineCount Count, OnlineRoster Page, bool IsWarming, bool IsEnabled);

/// <summary>What the page of online users shows, from the address.</summary>
/// <param name="Search">Text the name or id contains; empty for all.</param>
/// <param name="LatestFirst">Latest heartbeat first, else oldest first.</param>
internal sealed record OnlineView(string Search, bool LatestFirst);
