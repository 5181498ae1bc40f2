using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Engine.Users;

namespace Presence.Dashboard.Components.Shared;

/// <summary>One user online. Renders only when what it shows changed.</summary>
public sealed partial class OnlineRow
{
    private Shown _shown;
    private bool _isChanged;

    [Parameter, EditorRequired]
    public OnlineUser User { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override void OnParametersSet()
    {
        var shown = new Shown(
            User.UserId,
            ViewerNames.Of(User.Profile, isGuest: false, User.UserId),
            User.Profile?.AvatarUrl,
            User.Since is { } since ? LocalTime.Clock(since, Now) : "",
            Durations.Ago(Now - User.LastHeartbeatAt));
        _isChanged = shown != _shown;
        _shown = shown;
    }

    protected override bool ShouldRender() => _isChanged;

    private readonly record struct Shown(string UserId, string Name, string? AvatarUrl, string Since, string LastHeartbeat);
}
