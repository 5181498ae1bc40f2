using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Forgets users whom nobody used for long.</summary>
/// <remarks>A token outlives the login it came from: who holds one is not forgotten before it has expired.</remarks>
internal sealed class UnusedUsersLoop(UserStore users, DashboardOptions options, LoopRegistry registry, TimeProvider time, ILogger<UnusedUsersLoop> logger)
    : BackgroundLoop("unused users", TimeSpan.FromHours(1), registry, time, logger)
{
    protected override async Task PassAsync(CancellationToken cancellationToken)
    {
        var unusedFor = TimeSpan.FromTicks(Math.Max(options.Users.KeepUnused.Ticks, options.Clients.TokenLifetime.Ticks));
        if (await users.PruneAsync(unusedFor, cancellationToken) is > 0 and var pruned)
            logger.LogInformation("Deleted {Users} users that were unused for {Days} days.", pruned, (int)unusedFor.TotalDays);
    }
}
