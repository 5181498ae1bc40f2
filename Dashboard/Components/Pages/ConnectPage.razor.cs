using System.Security.Cryptography;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Snippets to paste, for a test room of this visit's own, and a light that shows when one of them worked.</summary>
public sealed partial class ConnectPage
{
    private DateTimeOffset? _firstAt;

    /// <summary>A room of its own for this page. Kept from prerendering to the circuit, so that early copied code works.</summary>
    [PersistentState]
    public string? TestRoom { get; set; }

    [Inject]
    private ClientCommands Commands { get; set; } = default!;

    [Inject]
    private ConnectQuery Reader { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private PublicAddress Address { get; set; } = default!;

    protected override string Watched => TestRoom!;

    private string Headline => (_firstAt, Reading!.Viewers) switch
    {
        (null, _) => Sentence.With(ConnectTexts.Waiting, TestRoom),
        ({ } at, 0) => Sentence.With(ConnectTexts.Worked, LocalTime.Clock(at, Time.GetUtcNow())),
        ({ } at, _) => Sentence.With(ConnectTexts.Connected, LocalTime.Clock(at, Time.GetUtcNow())),
    };

    private string Explanation => (_firstAt, Reading!.Viewers) switch
    {
        (null, _) => ConnectTexts.WaitingHint,
        (_, 0) => ConnectTexts.WorkedHint,
        var (_, viewers) => Sentence.With(ConnectTexts.ConnectedHint, Numbers.Of(viewers, ConnectTexts.Viewer, ConnectTexts.Viewers), TestRoom),
    };

    protected override void OnInitialized() => TestRoom ??= "try-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6);

    protected override async ValueTask<ConnectViewModel> ReadAsync()
    {
        var reading = await Reader.ReadAsync(TestRoom!);
        _firstAt ??= reading.Since;
        return reading;
    }

    protected override DirtyWatch OpenWatch() => Presence.WatchRoom(TestRoom!);
}
