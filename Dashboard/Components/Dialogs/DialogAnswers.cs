using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>Dialogs that answer a question.</summary>
internal static class DialogAnswers
{
    /// <summary>Opens a dialog and waits for its answer. Null if it was cancelled.</summary>
    public static async Task<object?> AskAsync<TDialog>(this IDialogService dialogs, string title, DialogParameters<TDialog> parameters, MaxWidth width = MaxWidth.ExtraSmall)
        where TDialog : IComponent
    {
        var dialog = await dialogs.ShowAsync<TDialog>(title, parameters, new DialogOptions { MaxWidth = width, FullWidth = true, BackdropClick = true, CloseOnEscapeKey = true });
        return await dialog.Result is { Canceled: false } answer ? answer.Data : null;
    }
}
