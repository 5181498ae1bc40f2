using Presence.Client;
using Presence.Dashboard.Simulation;

namespace Presence.Dashboard.Demo;

/// <summary>Makes the viewer that plays a visit: the .NET client, over HTTP like anybody's.</summary>
/// <param name="server">Where the server is.</param>
/// <param name="clientKey">What apps send as X-API-Key.</param>
/// <param name="connections">What all of them send with.</param>
/// <param name="time">The clock they live by.</param>
internal sealed class DemoCast(Uri server, string clientKey, HttpMessageHandler connections, TimeProvider time)
{
    private readonly SignIns _signIns = new();
    private readonly NetworkConditions _conditions = NetworkConditions.Perfect(time);

    private readonly PresenceLogin _login = new(
        server, clientKey, new HttpClient(connections, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, time);

    public SimulatedViewer Play(DemoVisit visit) => new(
        new SimulatedNetwork(connections, _conditions),
        new RoomPresenceOptions
        {
            BaseUrl = server,
            RoomId = visit.RoomId,
            GetToken = _signIns.Of(visit.DeviceId, cancellationToken => SignInAsync(visit, cancellationToken)),
            SessionId = visit.DeviceId,
            Device = visit.Device,
            AppVersion = visit.AppVersion,
            TimeProvider = time,
        },
        visit.ShowsOnline);

    private Task<string> SignInAsync(DemoVisit visit, CancellationToken cancellationToken) => visit.Viewer.UserId is { } userId
        ? _login.LogInAsync(userId, visit.DeviceId, visit.Viewer.DisplayName, cancellationToken: cancellationToken)
        : _login.LogInGuestAsync(visit.DeviceId, cancellationToken);
}
