using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Simulation.Demo;

namespace Presence.Dashboard.Components.Pages.Demo;

/// <summary>
/// A room of the demo as its viewers see it, for anybody: the page becomes one of them. Without a circuit, since it shows what a
/// browser does by itself. Outside the demo there is no such page: see <see cref="DashboardPages"/>.
/// </summary>
public sealed partial class DemoRoomPage
{
    public const string Route = "/demo";

    /// <summary>The one that goes with the scene.</summary>
    private const string UsualRoom = "late-night-jazz";

    private static readonly Dictionary<string, object?> NameField = new(StringComparer.Ordinal) { ["autocomplete"] = "off", ["spellcheck"] = "false" };

    private string _room = UsualRoom;

    [SupplyParameterFromQuery(Name = "room")]
    private string? RoomInQuery { get; set; }

    [Inject]
    private ClientKey Key { get; set; } = default!;

    private IEnumerable<string> Rooms => DemoRooms.All.Select(room => room.RoomId).Append(_room).Distinct(PresenceComparers.RoomId);

    protected override void OnInitialized()
    {
        if (RoomInQuery is { } room && PresenceIds.ProblemOfRoomId(room) is null)
            _room = room;
    }
}
