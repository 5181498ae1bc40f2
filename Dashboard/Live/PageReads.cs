using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>How much the pages and downloads of one account may look at, all of them together: as much as a server key. A page waits, a download is refused.</summary>
internal sealed class PageReads(DashboardOptions options, TimeProvider time)
{
    /// <summary>A delay of less is none.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly KeyedPace<string> _accounts = new(new PaceLimit(time, options.Limits.ReadsPerSecond * ReadPace.Many, options.Limits.ReadBurst * ReadPace.Many), time);

    /// <summary>Takes a read from the account's bucket.</summary>
    /// <param name="accountId">Whose page it is.</param>
    /// <param name="cost">How many viewers or rooms are looked at.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(string accountId, int cost, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return cost <= PresenceLimits.Page || _accounts.TryTake(accountId, cost, out wait);
    }

    /// <summary>Completes when the account may look at so many.</summary>
    public async ValueTask WaitAsync(string accountId, int cost)
    {
        while (!TryTake(accountId, cost, out var wait))
            await Task.Delay(wait < ShortestWait ? ShortestWait : wait, time);
    }
}
