using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Display;

/// <summary>A drawing of 16 by 16 units, stroked in the colour of the text around it. Ours: an icon font weighs a megabyte.</summary>
/// <param name="Path">The data of an SVG path.</param>
public sealed record IconShape(string Path)
{
    /// <summary>The drawing as the component library takes icons: 24 units wide.</summary>
    public string Svg { get; } = $"""<g transform="scale(1.5)" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"><path d="{Path}"/></g>""";

    /// <summary>The drawing as it stands in rows: one piece of markup, where a component would be sent with all it is made of.</summary>
    public MarkupString InRow { get; } = new($"""<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"><path d="{Path}"/></svg>""");

    public static readonly IconShape Rooms = new("M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3");
    public static readonly IconShape Overview = new("M2.5 13.5h11M4 11V8M8 11V3.5M12 11V6");
    public static readonly IconShape Bell = new("M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.7 14h2.6");
    public static readonly IconShape Wall = new("M2.5 2.5h5v5h-5zM9.5 2.5h4v5h-4zM2.5 9.5h5v4h-5zM9.5 9.5h4v4h-4z");
    public static readonly IconShape Pin = new("M5.5 2.5h5M6.5 2.5v4L4 9.5h8l-2.5-3v-4M8 9.5v4");
    public static readonly IconShape Settings = new("M2.5 5h5M10.5 5h3M9 3.5v3M2.5 11h2M7.5 11h6M6 9.5v3");
    public static readonly IconShape Connect = new("M6 2.5v3M10 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v2");
    public static readonly IconShape Search = new("M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5l3 3");
    public static readonly IconShape Eye = new("M1.5 8s2.4-4.2 6.5-4.2S14.5 8 14.5 8s-2.4 4.2-6.5 4.2S1.5 8 1.5 8M8 6.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6");
    public static readonly IconShape EyeOff = new("M2.5 2.5l11 11M6.2 4.1A6.9 6.9 0 0 1 8 3.8c4.1 0 6.5 4.2 6.5 4.2a12 12 0 0 1-2 2.4M4.2 5.4A11.5 11.5 0 0 0 1.5 8s2.4 4.2 6.5 4.2a6.7 6.7 0 0 0 2.6-.5");
    public static readonly IconShape Pause = new("M5.5 3.5v9M10.5 3.5v9");
    public static readonly IconShape Hourglass = new("M4 2.5h8M4 13.5h8M5 2.5v2.2L8 8l3-3.3V2.5M5 13.5v-2.2L8 8l3 3.3v2.2");
    public static readonly IconShape Copy = new("M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3");
    public static readonly IconShape NotYet = new("M4.5 8h7");
    public static readonly IconShape Check = new("M3 8.5l3.3 3.3L13 4.5");
    public static readonly IconShape Warning = new("M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.4v.4");
    public static readonly IconShape Problem = new("M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M8 4.8v4M8 10.9v.4");
    public static readonly IconShape Information = new("M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M8 7.3v4M8 4.7v.4");
    public static readonly IconShape SignOut = new("M9.5 3.5v-1h-6v11h6v-1M6.5 8h7M11 5.5L13.5 8L11 10.5");
    public static readonly IconShape Sun = new("M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9");
    public static readonly IconShape Moon = new("M13.5 9.8A5.8 5.8 0 0 1 6.2 2.5a5.8 5.8 0 1 0 7.3 7.3z");
    public static readonly IconShape Monitor = new("M2 3h12v8H2zM6 13.5h4");
    public static readonly IconShape Ascending = new("M8 12.5v-9M4.5 7L8 3.5L11.5 7");
    public static readonly IconShape Descending = new("M8 3.5v9M4.5 9L8 12.5L11.5 9");
    public static readonly IconShape System = new("M2.5 2.5h11v4.5h-11zM2.5 9h11v4.5h-11zM5 4.8v.1M5 11.2v.1");
    public static readonly IconShape People = new("M6 8a2.4 2.4 0 1 0 0-4.8A2.4 2.4 0 1 0 6 8M1.8 13.2c0-2.2 1.8-3.4 4.2-3.4s4.2 1.2 4.2 3.4M10.6 3.4a2.3 2.3 0 0 1 0 4.4M12 9.9c1.4.4 2.2 1.6 2.2 3.3");
    public static readonly IconShape Audit = new("M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2.5");
    public static readonly IconShape Webhooks = new("M2.5 8h8M7.5 4.5L11 8l-3.5 3.5M13.5 3v10");
    public static readonly IconShape Account = new("M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 1 0 8 8M2.8 13.6c0-2.4 2.2-3.8 5.2-3.8s5.2 1.4 5.2 3.8");
    public static readonly IconShape More = new("M3.2 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M7.6 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M12 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0");
    public static readonly IconShape Cross = new("M4 4l8 8M12 4l-8 8");
    public static readonly IconShape Expand = new("M6 4l4 4l-4 4");
    public static readonly IconShape Remove = new("M6.5 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 1 0 6.5 8M1.8 13.5c0-2.3 2-3.6 4.7-3.6c1 0 1.9.2 2.6.5M11 10.5l3.5 3.5M14.5 10.5L11 14");
    public static readonly IconShape Invite = new("M6.5 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 1 0 6.5 8M1.8 13.5c0-2.3 2-3.6 4.7-3.6c1 0 1.9.2 2.6.5M12.5 10v4M10.5 12h4");
    public static readonly IconShape Hand = new("M4.5 9V4.6a1 1 0 0 1 2 0V7.5M6.5 7V3.3a1 1 0 0 1 2 0V7M8.5 7V3.8a1 1 0 0 1 2 0V8M10.5 8V5.3a1 1 0 0 1 2 0V9.5c0 2.7-1.600 4.200-4 4.200c-2.200 0-3.100-1-4-2.700L3 8.700c-.6-1.100.7-1.900 1.500-.9");
    public static readonly IconShape Note = new("M3 2.5h10v7l-4 4H3zM13 9.5H9v4");
    public static readonly IconShape Star = new("M8 2l1.8 3.9l4.2.5l-3.1 2.9l.8 4.2L8 11.4l-3.7 2.1l.8-4.2L2 6.4l4.2-.5z");
    public static readonly IconShape Microphone = new("M8 2a2 2 0 0 1 2 2v3.5a2 2 0 0 1-4 0V4a2 2 0 0 1 2-2M4 7.5a4 4 0 0 0 8 0M8 11.5v2.5");
    public static readonly IconShape Draw = new("M3 3h10v10H3zM5.600 5.600v.1M8 8v.1M10.400 10.400v.1M10.400 5.600v.1M5.600 10.400v.1");
    public static readonly IconShape Download = new("M8 2.5v8M4.5 7.2L8 10.7l3.5-3.5M2.5 13.5h11");
    public static readonly IconShape Next = new("M6 3.5L10.5 8L6 12.5");
    public static readonly IconShape Link = new("M6.5 9.5l3-3M7 4.5l1.2-1.2a2.9 2.9 0 0 1 4.1 4.1L11 8.7M9 11.5l-1.2 1.2a2.9 2.9 0 0 1-4.1-4.1L5 7.3");
    public static readonly IconShape Filter = new("M2.5 3.5h11L9.5 8.5v4l-3 1v-5z");
    public static readonly IconShape History = new("M2.6 8a5.4 5.4 0 1 0 1.8-4M2.5 2.8v2.7h2.7M8 5v3.2l2.3 1.4");
    public static readonly IconShape Print = new("M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z");
    public static readonly IconShape Compare = new("M2.5 11.5l3-5l3 2.5l5-6M2.5 13.5h11");
    public static readonly IconShape Back = new("M10 3.5L5.5 8l4.5 4.5");
}
