using System.Globalization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Presence.Dashboard.Display;

/// <summary>The component library's own sentences: ours where MudTexts.resx has one, the library's English otherwise.</summary>
internal sealed class ComponentTexts : MudLocalizer
{
    public override LocalizedString this[string key] =>
        MudTexts.ResourceManager.GetString(key, CultureInfo.CurrentUICulture) is { } text ? new(key, text) : new(key, key, resourceNotFound: true);
}
