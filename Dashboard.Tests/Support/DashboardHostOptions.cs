using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Presence.Dashboard.Tests.Support;

/// <summary>What a test wants of the server it starts.</summary>
public sealed record DashboardHostOptions
{
    public string Environment { get; init; } = "Development";

    /// <summary>Keys such as <c>Presence:Clients:Key</c>; they override the host's own.</summary>
    public Dictionary<string, string?> Configuration { get; init; } = [];

    /// <summary>A manual clock; the system's when null.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Whether to begin only when the last run's state is restored.</summary>
    public bool WaitUntilReady { get; init; } = true;

    /// <summary>How often a password is hashed; null as in the product.</summary>
    public int? PasswordRounds { get; init; } = 1_000;

    /// <summary>Something to add before it starts, such as a route.</summary>
    public Action<WebApplication>? App { get; init; }

    public Action<IServiceCollection>? Services { get; init; }
}
