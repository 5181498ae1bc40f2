using Bunit;
using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Tests.Support;

/// <summary>
/// Finds a part and uses it in one turn of the renderer. Between a look-up and its use on a test's own thread a timer may render,
/// and what was found is gone then.
/// </summary>
internal static class ComponentActs
{
    public static void Act<TComponent>(this IRenderedComponent<TComponent> component, Action<IRenderedComponent<TComponent>> act)
        where TComponent : IComponent =>
        component.InvokeAsync(() => act(component)).GetAwaiter().GetResult();

    public static Task ActAsync<TComponent>(this IRenderedComponent<TComponent> component, Func<IRenderedComponent<TComponent>, Task> act)
        where TComponent : IComponent =>
        component.InvokeAsync(() => act(component));
}
