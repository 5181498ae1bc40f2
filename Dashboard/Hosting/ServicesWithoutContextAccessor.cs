namespace Presence.Dashboard.Hosting;

/// <summary>
/// All services but the HTTP context accessor, which sign-in of moderators brings along. The context factory that sees
/// it makes three new objects and an execution context for every request, heartbeats included, instead of reusing the
/// connection's; <see cref="PageContextMiddleware"/> sets the accessor where pages need it.
/// </summary>
internal sealed class ServicesWithoutContextAccessor(IServiceProvider services) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
}
