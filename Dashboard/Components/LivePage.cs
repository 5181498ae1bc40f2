using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Components;

/// <summary>
/// A page that shows what presence is now: reads when its address changes, then whenever its
/// <see cref="RenderThrottle"/> says so. What was read last stays on screen when a later read fails.
/// </summary>
/// <remarks>
/// Reads follow one another, and each belongs to the generation it was asked for in: what comes back after the address
/// changed, or after the page is gone, is thrown away. The gate of what is watched is the page's from the moment it exists.
/// </remarks>
/// <typeparam name="TReading">What one read brings.</typeparam>
public abstract class LivePage<TReading> : ComponentBase, IAsyncDisposable
    where TReading : class
{
    private RenderThrottle? _gate;
    private string? _watched;
    private string? _asked;
    private Task _read = Task.CompletedTask;
    private int _generation; // increases with every address and at the end
    private bool _isGone;

    /// <summary>The latest reading; null while the first one is under way or failed.</summary>
    protected TReading? Reading { get; private set; }

    /// <summary>Whether the latest read failed.</summary>
    protected bool HasFailed { get; private set; }

    /// <summary>Whether the account may no longer see this page.</summary>
    protected bool IsRefused { get; private set; }

    /// <summary>What is watched, so that another address watches something else; the whole network unless said otherwise.</summary>
    protected virtual string Watched => "network";

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    [Inject]
    protected IPresence Presence { get; set; } = default!;

    [Inject]
    private CircuitClock Clock { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    protected abstract ValueTask<TReading> ReadAsync();

    /// <summary>Watches what <see cref="Watched"/> names.</summary>
    protected virtual DirtyWatch OpenWatch() => Presence.WatchNetwork();

    protected override Task OnParametersSetAsync()
    {
        _generation++;
        if (!string.Equals(_asked, Watched, StringComparison.Ordinal))
        {
            _asked = Watched;
            (Reading, HasFailed, IsRefused) = (null, false, false); // never shows one room's numbers under another's name
        }
        return RefreshAsync();
    }

    /// <summary>Nothing waits between looking and owning: no second gate can come between, and none after the end.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isGone || string.Equals(_watched, Watched, StringComparison.Ordinal))
            return;
        var former = _gate;
        _gate = new RenderThrottle(Time, Visibility, Clock, OpenWatch(), RenderAsync);
        _watched = Watched;
        if (former is not null)
            await former.DisposeAsync();
    }

    /// <summary>Reads again, at the moderator's request.</summary>
    protected Task RefreshAsync() => _read = ReadAfterAsync(_read, _generation);

    public async ValueTask DisposeAsync()
    {
        _isGone = true;
        _generation++;
        if (Interlocked.Exchange(ref _gate, null) is { } gate)
            await gate.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task ReadAfterAsync(Task former, int generation)
    {
        await former;
        if (generation != _generation)
            return;
        try
        {
            var reading = await ReadAsync();
            if (generation == _generation)
                (Reading, HasFailed, IsRefused) = (reading, false, false);
        }
        catch (AccessRefusedException)
        {
            if (generation == _generation)
                (Reading, IsRefused) = (null, true);
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, $"{GetType().Name} couldn't be loaded.");
            HasFailed |= generation == _generation;
        }
    }

    private Task RenderAsync(CancellationToken closing) => InvokeAsync(async () =>
    {
        // Queued after the page closed: there is nothing left to show.
        if (closing.IsCancellationRequested)
            return;
        await RefreshAsync();
        StateHasChanged();
    });
}
