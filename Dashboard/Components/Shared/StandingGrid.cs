using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A table of what stands still, sorted and paged: people, links, configuration, history. Live lists are rows of their own.</summary>
/// <typeparam name="T">One row. A row that changes is another one: the grid finds by value what it showed.</typeparam>
[CascadingTypeParameter(nameof(T))]
public sealed class StandingGrid<T> : MudDataGrid<T>
{
    public StandingGrid()
    {
        Dense = true;
        Hover = true;
        Breakpoint = Breakpoint.None;
        Filterable = false; // the filter menu's condition has no accessible name and makes the page too wide on phones
        ShowColumnOptions = false;
    }
}
