using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Engine;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A search field whose text is in the page's address. The typed text wins, the address follows.</summary>
public sealed partial class SearchField : IDisposable
{
    private QueryStringWriter _pen = default!;
    private string _typed = "";

    /// <summary>What is searched, for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What may be typed.</summary>
    [Parameter, EditorRequired]
    public string Hint { get; set; } = "";

    /// <summary>The search in the address.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>Its parameter in the address.</summary>
    [Parameter]
    public string Name { get; set; } = "search";

    [Parameter]
    public IconShape Shape { get; set; } = IconShape.Search;

    /// <summary>Whether digits alone are typed.</summary>
    [Parameter]
    public bool IsNumber { get; set; }

    /// <summary>What the browser offers to choose from; anything else may be typed as well. Null for nothing.</summary>
    [Parameter]
    public IReadOnlyList<string>? Known { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string? KnownId => Known is null ? null : Name + "-known";

    protected override void OnInitialized() => _pen = new QueryStringWriter(Navigation, Time, Name);

    protected override void OnParametersSet()
    {
        if (_pen.IsForeign(InAddress(Text)))
            _typed = Text;
    }

    /// <summary>Leaving the page in the middle of a word must not navigate back to it.</summary>
    public void Dispose() => _pen.Dispose();

    private Task SendSoonAsync() => _pen.WriteSoonAsync(InAddress(_typed.Length <= PresenceLimits.SearchLength ? _typed : _typed[..PresenceLimits.SearchLength]));

    private static string? InAddress(string text) => text.Length == 0 ? null : text;
}
