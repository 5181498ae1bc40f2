using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Replays the last day with what stands in a form, each time that changes and then stays for a moment.</summary>
public sealed partial class SettingsRehearsal : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private (string? RoomId, PresenceSettings InForce, PresenceSettings Wanted)? _asked;
    private CancellationTokenSource? _loading;
    private Rehearsal? _result;
    private bool _isLoading;
    private bool _hasFailed;

    /// <summary>The room; null for the network.</summary>
    [Parameter]
    public string? RoomId { get; set; }

    /// <summary>What is in force there.</summary>
    [Parameter, EditorRequired]
    public PresenceSettings InForce { get; set; } = default!;

    /// <summary>What would be saved. Null while it may not be saved: the last that could is still shown.</summary>
    [Parameter, EditorRequired]
    public PresenceSettings? Wanted { get; set; }

    /// <summary>Whether what folds it says what it is.</summary>
    [Parameter]
    public bool IsFolded { get; set; }

    [Inject]
    private HistoryAdministration History { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    public void Dispose() => _loading?.Cancel();

    /// <summary>Not with the parameters: the page is drawn first, and never waits for a day's heartbeats.</summary>
    protected override Task OnAfterRenderAsync(bool firstRender)
    {
        var asked = (RoomId, InForce, Wanted ?? _asked?.Wanted ?? InForce);
        if (_asked is { } before && before == asked)
            return Task.CompletedTask;
        _asked = asked;
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        _loading?.Cancel();
        using var loading = _loading = new CancellationTokenSource();
        var (roomId, _, wanted) = _asked!.Value;
        try
        {
            if (_result is not null)
                await Task.Delay(Pause, Time, loading.Token);
            _isLoading = true;
            var result = await History.RehearseAsync(roomId, wanted, loading.Token);
            if (!loading.IsCancellationRequested)
                (_result, _hasFailed) = (result, false);
        }
        catch (OperationCanceledException) when (loading.IsCancellationRequested)
        {
            // Typed further, or left.
        }
        catch (AccessRefusedException)
        {
            // The surrounding page shows it.
        }
#pragma warning disable CA1031 // any failure: the part says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "The settings couldn't be replayed.");
            _hasFailed = true;
        }
        if (_loading != loading)
            return;
        (_loading, _isLoading) = (null, false);
        StateHasChanged();
    }
}
