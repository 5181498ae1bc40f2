using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Who is online in the network, rooms apart (rule 18).</summary>
public sealed partial class OnlinePage
{
    private const string OldestFirst = "oldest";

    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private OnlineUsersQuery Reader { get; set; } = default!;

    private DateTimeOffset Now => Time.GetUtcNow();

    private OnlineView View { get; set; } = new("", LatestFirst: true);

    private string SortHref => Navigation.GetUriWithQueryParameter("sort", View.LatestFirst ? OldestFirst : null);

    private string Showing
    {
        get
        {
            if (Reading is not { } reading)
                return "";
            var (shown, matching) = (reading.Page.Users.Count, reading.Page.Matching);
            var all = Numbers.Of(matching, OnlineTexts.One, OnlineTexts.Many);
            if (shown == matching)
                return all;
            return shown < PresenceLimits.Page
                ? Sentence.With(OnlineTexts.Unlisted, all, Numbers.Count(matching - shown))
                : Sentence.With(OnlineTexts.Showing, Numbers.Count(shown), all);
        }
    }

    protected override Task OnParametersSetAsync()
    {
        var search = SearchText ?? "";
        View = new OnlineView(search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength], Sort != OldestFirst);
        return base.OnParametersSetAsync();
    }

    protected override ValueTask<OnlineUsersViewModel> ReadAsync() => Reader.ReadAsync(View);
}
