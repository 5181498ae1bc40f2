using System.Globalization;
using System.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Shared;

/// <summary>
/// A table of what stands still, sorted, filtered and paged: people, links, configuration, history. The filters stand above it, the
/// same at every width, and in the address: rows that are read again, a reload and a link keep them. Live lists are rows of their own.
/// </summary>
/// <typeparam name="T">One row. A row that changes is another one: the grid finds by value what it showed.</typeparam>
public sealed partial class StandingGrid<T>
{
    private string _text = "";
    private Dictionary<string, string> _chosen = new(StringComparer.Ordinal);

    public StandingGrid()
    {
        Dense = true;
        Hover = true;
        Breakpoint = Breakpoint.None;
        Filterable = false; // its own filter menus have no accessible name, and widen a phone's page
        ShowColumnOptions = false;
        NoRecordsContent = builder => builder.AddContent(0, WhenEmpty);
    }

    /// <summary>What is looked through for the text typed into the filter. Null for no such filter.</summary>
    [Parameter]
    public Func<T, string>? TextOf { get; set; }

    /// <summary>What the text filter is called: what it filters.</summary>
    [Parameter]
    public string FilterLabel { get; set; } = "";

    /// <summary>The parameter of the address that the text stands in.</summary>
    [Parameter]
    public string FilterName { get; set; } = "filter";

    /// <summary>Columns of few different values, one of which may be chosen.</summary>
    [Parameter]
    public IReadOnlyList<GridChoice<T>> Choices { get; set; } = [];

    /// <summary>What stands in place of rows while there are none at all.</summary>
    [Parameter]
    public string Empty { get; set; } = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IEnumerable<T> Rows => Items ?? [];

    private bool HasFilter => TextOf is not null || Choices.Count > 0;

    private bool IsFiltered => _text.Length > 0 || _chosen.Count > 0;

    private RenderFragment WhenEmpty => builder =>
    {
        builder.OpenElement(0, "p");
        builder.AddAttribute(1, "class", "hint");
        builder.AddAttribute(2, "data-testid", "empty");
        builder.AddContent(3, IsFiltered ? SharedTexts.FilterNothing : Empty);
        builder.CloseElement();
    };

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Navigation.LocationChanged += OnLocationChanged;
    }

    protected override void OnParametersSet()
    {
        base.OnParametersSet();
        ReadAddress();
    }

    protected override void Dispose(bool disposing)
    {
        Navigation.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs location) => _ = InvokeAsync(() =>
    {
        ReadAddress();
        StateHasChanged();
    });

    private void ReadAddress()
    {
        if (!HasFilter)
            return;
        var address = HttpUtility.ParseQueryString(Navigation.ToAbsoluteUri(Navigation.Uri).Query);
        _text = TextOf is null ? "" : address[FilterName] ?? "";
        _chosen = Choices.Where(choice => address[choice.Name] is { Length: > 0 }).ToDictionary(choice => choice.Name, choice => address[choice.Name]!, StringComparer.Ordinal);
        QuickFilter = IsFiltered ? Matches : null;
    }

    private bool Matches(T row) =>
        (_text.Length == 0 || CultureInfo.InvariantCulture.CompareInfo.IndexOf(TextOf!(row), _text, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0)
        && Choices.All(choice => ChosenOf(choice) is not { } value || string.Equals(choice.Of(row), value, StringComparison.Ordinal));

    private string? ChosenOf(GridChoice<T> choice) => _chosen.GetValueOrDefault(choice.Name);

    private IEnumerable<string> ValuesOf(GridChoice<T> choice) => Rows.Select(choice.Of).Distinct(StringComparer.Ordinal).Order(StringComparer.CurrentCulture);

    private string HrefOf(GridChoice<T> choice, string? value) => Navigation.GetUriWithQueryParameter(choice.Name, value);
}

/// <summary>A filter that offers the values of a column to choose from.</summary>
/// <param name="Name">The parameter of the address that the choice stands in.</param>
/// <param name="Label">What the column is called.</param>
/// <param name="Of">A row's value, as it is shown.</param>
public sealed record GridChoice<T>(string Name, string Label, Func<T, string> Of);

/// <summary>A column whose heading sorts, and says what it sorts by. The component library's own button beside it doesn't, and isn't shown.</summary>
public sealed class StandingColumn<T, TProperty> : PropertyColumn<T, TProperty>
{
    public override RenderFragment<HeaderContext<T>>? GetHeaderTemplate() => HeaderTemplate ?? (_ => builder =>
    {
        builder.OpenElement(0, "button"); // the heading around it takes the click
        builder.AddAttribute(1, "type", "button");
        builder.AddAttribute(2, "class", "sort-link");
        builder.AddAttribute(3, "aria-label", Sentence.With(SharedTexts.SortBy, Title));
        builder.AddContent(4, Title);
        builder.CloseElement();
    });
}
