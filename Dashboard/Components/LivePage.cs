using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine.Changes;

namespace Presence.Dashboard.Components;

/// <summary>
/// A page that shows what the engine knows now: reads when its address changes, then whenever its
/// <see cref="RenderGate"/> says so. What was read last stays on screen when a later read fails.
/// </summary>
/// <typeparam name="TReading">What one read brings.</typeparam>
public abstract class LivePage<TReading> : ComponentBase, IAsyncDisposable
    where TReading : class
{
    private RenderGate? _gate;
    private string? _watched;

    /// <summary>The latest reading; null while the first one is under way or failed.</summary>
    protected TReading? Reading { get; private set; }

    /// <summary>Whether the latest read failed.</summary>
    protected bool HasFailed { get; private set; }

    /// <summary>Whether the account may no longer see this page.</summary>
    protected bool IsRefused { get; private set; }

    /// <summary>What is watched, so that another address watches something else.</summary>
    protected abstract string Watched { get; }

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    [Inject]
    private CircuitClock Clock { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    protected abstract ValueTask<TReading> ReadAsync();

    protected abstract DirtyWatch OpenWatch();

    protected override Task OnParametersSetAsync() => RefreshAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (string.Equals(_watched, Watched, StringComparison.Ordinal))
            return;
        _watched = Watched;
        await CloseGateAsync();
        _gate = new RenderGate(Time, Visibility, Clock, OpenWatch(), RenderAsync);
    }

    /// <summary>Reads anew, at the moderator's request.</summary>
    protected async Task RefreshAsync()
    {
        try
        {
            Reading = await ReadAsync();
            HasFailed = false;
            IsRefused = false;
        }
        catch (AccessRefusedException)
        {
            IsRefused = true;
            Reading = null;
        }
#pragma warning disable CA1031 // whatever it was, the page says so and offers to try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Loggers.CreateLogger(GetType()).LogError(failure, "A page could not be read.");
            HasFailed = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseGateAsync();
        GC.SuppressFinalize(this);
    }

    private Task RenderAsync(CancellationToken closing) => InvokeAsync(async () =>
    {
        // Queued behind the page's end: nobody is left to read for.
        if (closing.IsCancellationRequested)
            return;
        await RefreshAsync();
        StateHasChanged();
    });

    private async ValueTask CloseGateAsync()
    {
        if (_gate is { } gate)
        {
            _gate = null;
            await gate.DisposeAsync();
        }
    }
}
