using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One user: everywhere it is now, on what, since when, and what keeps it out.</summary>
public sealed partial class ViewerDetailPage
{
    [Parameter]
    public string? UserId { get; set; }

    /// <summary>For ids that cannot stand in a path, see <see cref="ViewerLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? UserIdInQuery { get; set; }

    [Inject]
    private ViewerDetailQuery Reader { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private PersonAdministration People { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Notices { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override string Watched => Id;

    private string Id => UserId ?? UserIdInQuery ?? "";

    private string Name => ViewerNames.Of(Reading?.Profile, Reading?.IsGuest == true, Id);

    private string Where
    {
        get
        {
            var places = Reading!.Places.Count;
            var rooms = places == 0 ? ViewerTexts.Nowhere : Sentence.With(ViewerTexts.InRooms, Numbers.Of(places, ViewerTexts.RoomsOne, ViewerTexts.RoomsMany));
            return Reading.OnlineAt is { } online ? rooms + " · " + Sentence.With(ViewerTexts.Online, Durations.Ago(Now - online)) : rooms;
        }
    }

    private DateTimeOffset Now => Time.GetUtcNow();

    protected override ValueTask<ViewerDetailViewModel> ReadAsync() => Reader.ReadAsync(Id);

    private static string NameOf(string? roomId) => roomId is null ? ViewerTexts.Network : VisibleText.IdOf(roomId);

    private async Task RemoveAsync(string? roomId)
    {
        if (await Bans.AskAsync(Id, Name, roomId))
            await ReadAnewAsync();
    }

    private async Task LiftAsync(string? roomId)
    {
        await Bans.LiftAsync(Id, Name, roomId);
        await ReadAnewAsync();
    }

    private RegularMark? RegularOf(ViewerPlace place) => Reading!.Past.Regulars.TryGetValue(place.Room.RoomId, out var read) && !place.Viewer.IsGuest
        ? RegularMark.Of(read.Known.GetValueOrDefault(Id), read.Ended, LocalTime, Now)
        : null;

    /// <summary>With the visits that go on.</summary>
    private TimeSpan WatchedBy(PersonSummary person) => Reading!.Places.Aggregate(person.Watched, (sum, place) => sum + (Now - place.Viewer.JoinedAt));

    private async Task EraseAsync()
    {
        var text = Reading!.Places.Count > 0 ? ViewerTexts.EraseText + " " + ViewerTexts.EraseHere : ViewerTexts.EraseText;
        if (!await ConfirmDialog.AskAsync(Dialogs, Sentence.With(ViewerTexts.EraseTitle, VisibleText.Isolated(Name)), text, ViewerTexts.EraseAction))
            return;
        try
        {
            var erased = await People.EraseAsync(Id, CancellationToken.None);
            Notices.Say(Sentence.With(ViewerTexts.Erased, Numbers.Of(erased.Visits, ViewerTexts.VisitOne, ViewerTexts.VisitMany)));
        }
        catch (AccessRefusedException)
        {
            Notices.Say(ViewerTexts.EraseRefused, severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the moderator is told, and can repeat it
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Notices.Say(Failures.Tell(failure, "A person couldn't be erased.", ViewerTexts.EraseFailed), severity: Severity.Error);
        }
        await ReadAnewAsync();
    }

    private Task ReadAnewAsync()
    {
        Reader.Reset();
        return RefreshAsync();
    }
}
