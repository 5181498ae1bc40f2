using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Webhooks: endpoints, and what was sent to one of them.</summary>
public sealed partial class WebhooksPage
{
    private static readonly JsonSerializerOptions Indent = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // Razor encodes it

    private (string Id, string Secret)? _secret;
    private WebhookDelivery? _tested;
    private bool _isBusy;

    [SupplyParameterFromQuery(Name = "webhook")]
    private string? Id { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    private string? State { get; set; }

    [SupplyParameterFromQuery(Name = "type")]
    private string? Type { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    private string? Before { get; set; }

    [Inject]
    private WebhookAdministration Webhooks { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override string Asked => View.ToString();

    protected override string Subject => Id ?? "";

    protected override bool GoesOn => View.Before is null;

    private WebhookView View => WebhookView.Of(Id, State, Type, Before);

    protected override Task<WebhookReading> ReadAsync(CancellationToken cancellationToken) => Webhooks.ReadAsync(View, cancellationToken);

    private static string Summary(WebhookEndpoint endpoint)
    {
        var events = endpoint.Filter.Events.Count == 0 ? WebhookTexts.EventsAll : string.Join(", ", endpoint.Filter.Events);
        return endpoint.Filter.Rooms.Count == 0 ? events : $"{events} · {string.Join(", ", endpoint.Filter.Rooms)}";
    }

    private static string WordOf(WebhookEndpoint endpoint) => endpoint is { State: WebhookState.Active, FailingSince: not null } ? "failing" : endpoint.State.ToString().ToLowerInvariant();

    private string StateOf(WebhookEndpoint endpoint) => endpoint.State switch
    {
        WebhookState.Paused => WebhookTexts.StatePaused,
        WebhookState.Disabled => WebhookTexts.StateDisabled,
        _ => endpoint.FailingSince is { } since ? Sentence.With(WebhookTexts.StateFailing, LocalTime.Clock(since, Reading!.At)) : WebhookTexts.StateActive,
    };

    private string StateOf(WebhookDelivery delivery) => delivery.State == WebhookDeliveryState.Pending && delivery.Attempts > 0
        ? Sentence.With(WebhookTexts.NextAt, LocalTime.Clock(delivery.NextAt, Reading!.At), Numbers.Count(delivery.Attempts))
        : TextOf(delivery.State);

    private static string TextOf(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Pending => WebhookTexts.Pending,
        WebhookDeliveryState.Delivered => WebhookTexts.Delivered,
        _ => WebhookTexts.Dead,
    };

    private static string AnswerOf(WebhookDelivery delivery) => delivery.LastAt is null
        ? ""
        : string.Join(" · ", new[] { delivery.Status is { } status ? status.ToString(CultureInfo.InvariantCulture) : delivery.Error, Sentence.With(WebhookTexts.Milliseconds, Numbers.Count(delivery.DurationMilliseconds)), delivery.Answer }.Where(part => !string.IsNullOrEmpty(part)));

    private static string TestedText(WebhookDelivery tested) => Sentence.With(tested.State == WebhookDeliveryState.Delivered ? WebhookTexts.TestDelivered : WebhookTexts.TestFailed, AnswerOf(tested));

    private static string Raw(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Indented(string payload) => JsonNode.Parse(payload)!.ToJsonString(Indent);

    /// <summary>Another filter begins at the latest again.</summary>
    private string HrefOf(string name, string? value) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["before"] = null, [name] = value });

    private async Task EditAsync(WebhookEndpoint? endpoint)
    {
        var title = endpoint is null ? WebhookTexts.Add : WebhookTexts.Edit;
        if (await Dialogs.AskAsync(title, new DialogParameters<WebhookDialog> { { dialog => dialog.Endpoint, endpoint } }, MaxWidth.Small) is not WebhookEndpoint saved)
            return;
        if (endpoint is null)
        {
            _secret = (saved.Id, saved.Secret);
            Navigation.NavigateTo($"webhooks?webhook={saved.Id}");
        }
        await RefreshAsync();
    }

    private async Task RotateAsync(WebhookEndpoint endpoint)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, WebhookTexts.Rotate, WebhookTexts.RotateText, WebhookTexts.Rotate))
            return;
        await ActAsync(async cancel => _secret = await Webhooks.RotateAsync(endpoint.Id, cancel) is { } rotated ? (rotated.Id, rotated.Secret) : null);
    }

    private async Task DeleteAsync(WebhookEndpoint endpoint)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, WebhookTexts.Delete, WebhookTexts.DeleteText, WebhookTexts.Delete))
            return;
        await ActAsync(cancel => Webhooks.DeleteAsync(endpoint.Id, cancel));
        Navigation.NavigateTo("webhooks");
    }

    private Task TestAsync(WebhookEndpoint endpoint) => ActAsync(async cancel => _tested = await Webhooks.TestAsync(endpoint.Id, cancel));

    private async Task ActAsync(Func<CancellationToken, Task> act)
    {
        _isBusy = true;
        try
        {
            await act(CancellationToken.None);
        }
        finally
        {
            _isBusy = false;
        }
        await RefreshAsync();
    }
}
