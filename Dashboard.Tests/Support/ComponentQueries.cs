using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Tests.Support;

/// <summary>
/// Finds a part of a page by what a person or a screen reader knows it by, or by its test id where it has no name. Classes belong
/// to the stylesheet; ArchitectureTests refuses a look-up by one.
/// </summary>
internal static class ComponentQueries
{
    public static IElement ByTestId<TComponent>(this IRenderedComponent<TComponent> component, string id)
        where TComponent : IComponent =>
        component.Find($"[data-testid={id}]");

    public static IReadOnlyList<IElement> AllByTestId<TComponent>(this IRenderedComponent<TComponent> component, string id)
        where TComponent : IComponent =>
        component.FindAll($"[data-testid={id}]");

    /// <summary>The one part of a role and an accessible name.</summary>
    public static IElement ByRole<TComponent>(this IRenderedComponent<TComponent> component, string role, string name)
        where TComponent : IComponent =>
        component.AllByRole(role, name).Single();

    public static IReadOnlyList<IElement> AllByRole<TComponent>(this IRenderedComponent<TComponent> component, string role, string name)
        where TComponent : IComponent =>
        [.. component.FindAll(ElementsOf(role)).Where(element => NameOf(element) == name)];

    private static string ElementsOf(string role) => role switch
    {
        "button" => "button, [role=button]",
        "link" => "a[href]",
        "navigation" => "nav",
        "radio" => "input[type=radio]",
        "switch" => "input[role=switch]",
        "textbox" => "input:not([type]), input[type=text], textarea",
        _ => $"[role={role}]",
    };

    private static string? NameOf(IElement element) =>
        element.GetAttribute("aria-label") ?? (element is IHtmlInputElement input ? (input.Closest("label") ?? input.Labels.FirstOrDefault())?.TextContent.Trim() : element.TextContent.Trim());
}
