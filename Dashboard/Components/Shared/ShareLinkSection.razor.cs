using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Sharing;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Makes share links to a room, and shows the address of the one just made: only its hash is kept.</summary>
public sealed partial class ShareLinkSection : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private bool _isBusy;
    private string? _problem;

    /// <summary>The room, and what was chosen and made so far.</summary>
    [Parameter, EditorRequired]
    public ShareQuestion Question { get; set; } = default!;

    [Inject]
    private ShareLinkAdministration Links { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private PublicAddress Address { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private string ManageHref => $"links?room={Uri.EscapeDataString(Question.RoomId)}";

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private static bool IsOverlay(IssuedShareLink issued) => issued.Link.Kind == ShareLinkKind.Overlay;

    private string AddressOf(IssuedShareLink issued) => Address.ToShare(Navigation) + SharedRoomPages.PathOf(issued);

    private async Task MakeAsync(ShareLinkKind kind)
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            Question.Issued = await Links.MakeAsync(Question.RoomId, kind, Question.ShowsNames, _closing.Token);
        }
        catch (AccessRefusedException)
        {
            _problem = ShareTexts.NoAccess;
        }
        catch (StoreFullException full)
        {
            _problem = Sentence.With(full.Most == ShareLinkStore.MostOfRoom ? ShareTexts.FullRoom : ShareTexts.FullAll, Numbers.Count(full.Most));
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure) when (!_closing.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _problem = Failures.Tell(failure, "A share link couldn't be made.", ShareTexts.NotSaved);
        }
        finally
        {
            _isBusy = false;
        }
    }
}

/// <summary>A room that is being shared.</summary>
public sealed class ShareQuestion
{
    public required string RoomId { get; init; }

    /// <summary>Whether a link is to show names.</summary>
    public bool ShowsNames { get; set; }

    /// <summary>The link just made. Null before.</summary>
    public IssuedShareLink? Issued { get; set; }
}
