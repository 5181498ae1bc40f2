using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>How fast clients may come (rule 14).</summary>
internal sealed class ClientPaces(DashboardOptions options, TimeProvider time)
{
    /// <summary>One session in one room.</summary>
    public PaceLimit Heartbeats { get; } = new(time, options.Limits.HeartbeatsPerSecond, options.Limits.HeartbeatBurst);

    /// <summary>One address. Generous, since an audience may share one.</summary>
    public AddressPace Logins { get; } = new(new PaceLimit(time, options.Limits.LoginsPerSecond, options.Limits.LoginBurst), time);
}
