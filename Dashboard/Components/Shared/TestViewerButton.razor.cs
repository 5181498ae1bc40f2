using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Lets a viewer appear in a room for a minute, for Moderators; says why where it is refused.</summary>
public sealed partial class TestViewerButton
{
    private bool _maySend;
    private string? _outcome;

    [Parameter, EditorRequired]
    public string? RoomId { get; set; }

    [Inject]
    private TestViewerAdministration Viewers { get; set; } = default!;

    protected override async Task OnInitializedAsync() => _maySend = await Viewers.MaySendAsync(RoomId);

    private async Task SendAsync()
    {
        try
        {
            _outcome = await Viewers.SendAsync(RoomId!) switch
            {
                HeartbeatOutcome.Accepted => SharedTexts.TestViewerSent,
                HeartbeatOutcome.NetworkDisabled or HeartbeatOutcome.RoomDisabled => SharedTexts.TestViewerOff,
                HeartbeatOutcome.RoomEnded => SharedTexts.TestViewerEnded,
                HeartbeatOutcome.Removed or HeartbeatOutcome.Banned => SharedTexts.TestViewerBanned,
                null => Sentence.With(SharedTexts.TestViewersFull, TestViewers.Most),
                _ => SharedTexts.TestViewerRefused,
            };
        }
        catch (AccessRefusedException)
        {
            (_maySend, _outcome) = (false, null);
        }
    }
}
