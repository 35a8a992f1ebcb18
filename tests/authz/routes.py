"""Every address of the product, and which row of the access matrix decides about it.

A line is `name resource verb target`. The target says what the address names: a record of the seeded customer
(customer, contact, interaction, task, document, agreement, site, buying_unit, ledger_document, ledger_line,
score, rating, sales_summary and others), `list` for a list that shows what its reader may see, `all` for what
belongs to no customer, `self` for one's own things, `open` for what everybody who is signed in may use, `public`
for what needs no sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLResolver, get_resolver

FOREIGN = ("accounts/", "static/")  # the sign-in library's own pages are tested by tests/accounts


class Route(NamedTuple):
    """An address of the product as the resolver has it."""

    name: str
    pattern: str
    callback: Any


class Rule(NamedTuple):
    """What decides about an address."""

    name: str
    resource: str
    verb: str
    target: str


def routes() -> Iterator[Route]:
    """Every address that is ours."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if pattern.startswith(FOREIGN):
            continue
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        else:
            yield Route(namespace + (entry.name or pattern), pattern, entry.callback)


PAGES = """
healthz                              -                R  public
readyz                               -                R  public
styleguide                           -                R  open
home                                 -                R  open
search                               -                R  list
portfolio                            score            R  list
methods                              -                R  open
method                               -                R  open
accounts:setup                       -                R  public
accounts:invitation-accept           -                R  public
accounts:user-list                   user             R  all
accounts:invitation-list             user             C  all
accounts:invitation-create           user             C  all
accounts:invitation-cancel           user             D  missing
accounts:user-detail                 user             R  person
accounts:user-roles                  user             G  person
accounts:user-deactivate             user             D  person
accounts:user-reactivate             user             D  person
accounts:profile                     -                R  open
accounts:token-list                  -                R  open
accounts:token-create                -                R  open
accounts:token-revoke                api_token        D  missing
accounts:preference-language         -                U  open
accounts:preference-theme            -                U  open
accounts:audit-list                  audit_entry      R  all
accounts:saved-view-save             -                C  open
accounts:saved-view-delete           saved_view       D  missing
jobs:job-list                        job              R  list
jobs:job-detail                      job              R  missing
jobs:job-cancel                      job              U  missing
jobs:job-retry                       job              U  missing
jobs:job-file                        job              R  missing
jobs:notification-list               -                R  open
jobs:notification-bell               -                R  open
jobs:notification-read-all           -                U  open
jobs:notification-read               notification     U  missing
jobs:notification-settings           -                R  open
jobs:system-health                   system           R  all
jobs:jobs-hold                       system           U  all
jobs:jobs-release                    system           U  all
jobs:email-send-again                system           U  missing
jobs:email-leave                     system           U  missing
profitability:ledger-line-list       sales_facts      R  list
profitability:ledger-line-totals     sales_facts      R  list
profitability:ledger-document-detail sales_facts      R  ledger_document
profitability:customer-sales         sales_facts      R  customer
profitability:month-list             sales_facts      U  all
profitability:month-close            sales_facts      U  all
profitability:month-reopen           sales_facts      U  all
profitability:product-list           product          R  all
profitability:product-detail         product          R  product
profitability:product-cell           product          U  product
imports:import-list                  import_batch     R  list
imports:import-create                import_batch     C  list
imports:import-template              import_batch     C  missing
imports:import-detail                import_batch     R  missing
imports:import-reading               import_batch     C  missing
imports:import-columns               import_batch     C  missing
imports:import-rules                 import_batch     C  missing
imports:import-values                import_batch     C  missing
imports:import-keep                  import_batch     C  missing
imports:import-use                   import_batch     C  missing
imports:import-errors                import_batch     R  missing
imports:import-check                 import_batch     C  missing
imports:import-run                   import_batch     C  missing
imports:import-undo                  import_batch     C  missing
customers:customer-list              account_profile  R  list
customers:customer-cell              account_profile  U  customer
feed:endpoint-list                   webhook          R  all
feed:endpoint-create                 webhook          C  all
feed:endpoint-detail                 webhook          R  webhook
feed:endpoint-update                 webhook          U  webhook
feed:endpoint-pause                  webhook          U  webhook
feed:endpoint-resume                 webhook          U  webhook
feed:endpoint-rotate                 webhook          U  webhook
feed:endpoint-retry                  webhook          U  webhook
feed:endpoint-test                   webhook          U  webhook
feed:endpoint-delete                 webhook          D  webhook
feed:delivery-list                   webhook          R  all
feed:delivery-again                  webhook          U  missing
exports:request-list                 export_job       R  list
exports:request-create               export_job       C  missing
exports:request-detail               export_job       R  missing
exports:request-approve              export_job       A  missing
exports:request-refuse               export_job       A  missing
fields:field-list                    custom_field     U  all
fields:type-fields                   custom_field     U  all
fields:field-create                  custom_field     C  all
fields:field-update                  custom_field     U  custom_field
fields:field-up                      custom_field     U  custom_field
fields:field-down                    custom_field     U  custom_field
fields:field-retire                  custom_field     U  custom_field
fields:field-restore                 custom_field     U  custom_field
fields:field-delete                  custom_field     D  custom_field
customers:customer-fields            account_profile  U  customer
bulk:edit-list                       bulk_edit        R  list
bulk:edit-detail                     bulk_edit        R  missing
bulk:edit-change                     bulk_edit        U  missing
bulk:edit-run                        bulk_edit        U  missing
bulk:edit-revert                     bulk_edit        U  missing
customers:customer-bin               account_profile  R  list
customers:duplicate-list             account_profile  M  list
customers:duplicate-scan             account_profile  M  list
customers:duplicate-detail           account_profile  M  missing
customers:duplicate-dismiss          account_profile  M  missing
customers:duplicate-later            account_profile  M  missing
customers:merge                      account_profile  M  missing
customers:merge-chosen-customers     account_profile  M  list
customers:merge-chosen-contacts      account_profile  M  list
customers:merge-detail               account_profile  M  missing
customers:merge-undo                 account_profile  M  missing
customers:customer-create            account_profile  C  create
customers:customer-detail            account_profile  R  customer
customers:customer-tab               account_profile  R  tab
customers:customer-update            account_profile  U  customer
customers:customer-delete            account_profile  D  customer
customers:customer-merge             account_profile  M  customer
customers:customer-restore           account_profile  D  missing
customers:site-create                account_profile  U  customer
customers:site-update                account_profile  U  site
customers:site-delete                account_profile  U  site
customers:buying-unit-create         account_profile  U  customer
customers:buying-unit-update         account_profile  U  buying_unit
customers:buying-unit-delete         account_profile  U  buying_unit
customers:contact-list               contact          R  list
customers:contact-cell               contact          U  contact
customers:contact-detail             contact          R  contact
customers:contact-update             contact          U  contact
customers:contact-left               contact          U  contact
customers:contact-delete             contact          D  contact
customers:contact-restore            contact          D  missing
customers:contact-role-create        contact          U  contact
customers:contact-role-update        contact          U  contact_role
customers:contact-role-delete        contact          D  contact_role
customers:customer-contacts          contact          R  customer
customers:contact-create             contact          C  customer
customers:interaction-list           interaction      R  list
customers:interaction-detail         interaction      R  interaction
customers:interaction-update         interaction      U  interaction
customers:interaction-delete         interaction      D  interaction
customers:interaction-restore        interaction      D  missing
customers:customer-interactions      interaction      R  customer
customers:interaction-create         interaction      C  customer
customers:task-list                  task             R  list
customers:task-detail                task             R  task
customers:task-cell                   task             U  task
customers:task-update                task             U  task
customers:task-done                  task             U  task
customers:task-drop                  task             U  task
customers:task-reopen                task             U  task
customers:task-delete                task             D  task
customers:task-restore               task             D  missing
customers:customer-tasks             task             R  customer
customers:task-create                task             C  customer
customers:customer-archive           account_profile  X  customer
customers:contact-privacy            privacy          R  contact
customers:consent-create             privacy          C  contact
customers:privacy-request-create     privacy          C  contact
customers:hold-create                privacy          A  contact
customers:hold-lift                  privacy          A  missing
customers:privacy-request-list       privacy          R  list
customers:privacy-request-detail     privacy          R  privacy_request
customers:privacy-request-approve    privacy          A  privacy_request
customers:privacy-request-refuse     privacy          A  privacy_request
customers:privacy-request-carry-out  privacy          U  privacy_request
customers:document-list              document         R  list
customers:document-detail            document         R  document
customers:document-file              document         R  document
customers:document-update            document         U  document
customers:document-delete            document         D  document
customers:document-restore           document         D  missing
customers:customer-documents         document         R  customer
customers:document-create            document         C  customer
customers:agreement-list             agreement        R  list
customers:agreement-detail           agreement        R  agreement
customers:agreement-update           agreement        U  agreement
customers:customer-agreements        agreement        R  customer
customers:agreement-create           agreement        C  customer
customers:workload                   account_team     R  list
customers:hand-over-take-back        account_team     G  missing
customers:hand-over-all              account_team     G  missing
customers:customer-team              account_team     R  customer
customers:team-member-create         account_team     G  customer
customers:hand-over                  account_team     G  customer
customers:team-member-update         account_team     G  membership
customers:team-member-end            account_team     G  membership
teams:unit-list                      org_unit         R  all
teams:unit-create                    org_unit         C  all
teams:unit-detail                    org_unit         R  unit
teams:unit-update                    org_unit         U  unit
teams:place-create                   org_unit         U  unit
teams:place-end                      org_unit         U  missing
planning:coverage                    coverage_rule    R  list
planning:coverage-rule-update        coverage_rule    U  coverage_rule
selection:segment-list               segment          R  all
selection:segment-create             segment          C  all
selection:segment-detail             segment          R  segment
selection:segment-update             segment          U  segment
selection:segment-tests              segment          U  segment
selection:segment-rule               segment          U  segment
selection:segment-apply              segment          U  segment
selection:segment-accept             segment          U  segment
selection:segment-retire             segment          U  segment
selection:segment-reopen             segment          U  segment
selection:customer-segment           segment_place    U  customer
selection:map-list                   market_map       R  all
selection:map-create                 market_map       C  all
selection:map-detail                 market_map       R  market_map
selection:map-edit                   market_map       U  market_map
selection:map-file                   market_map       R  market_map
selection:map-publish                market_map       U  market_map
selection:map-next                   market_map       U  market_map
selection:map-delete                 market_map       U  market_map
selection:map-accounts               market_map       U  missing
selection:round-list                 scoring_round    R  open
selection:round-create               scoring_round    C  all
selection:round-detail               scoring_round    R  round
selection:round-change               scoring_round    U  round
selection:round-release              scoring_round    U  round
selection:round-close                scoring_round    U  round
selection:round-cancel               scoring_round    U  round
selection:round-edition              scoring_round    U  round
selection:rater-leave                scoring_round    U  missing
selection:round-agree                scoring_round    R  missing
selection:sheet                      scoring_round    U  round
selection:sheet-cells                scoring_round    U  round
selection:sheet-file                 scoring_round    U  round
selection:sheet-customer             scoring_round    U  missing
selection:snapshot-list              selection_decision R  list
selection:snapshot-create            selection_decision C  all
selection:snapshot-detail            selection_decision R  snapshot
selection:decision-list              selection_decision R  list
selection:decision-create            selection_decision C  all
selection:decision-detail            selection_decision R  decision
selection:decision-update            selection_decision U  decision
selection:decision-line-create       selection_decision U  decision
selection:decision-tell              selection_decision U  decision
selection:decision-propose           selection_decision U  decision
selection:decision-approve           selection_decision A  decision
selection:decision-reject            selection_decision A  decision
selection:decision-withdraw          selection_decision U  decision
selection:decision-acknowledge       selection_decision R  missing
selection:decision-minutes           selection_decision R  decision
selection:decision-line-update       selection_decision U  decision_line
selection:decision-line-take-out     selection_decision U  decision_line
selection:project-list               selection_project R  open
selection:project-create             selection_project C  all
selection:project-detail             selection_project R  project
selection:project-update             selection_project U  project
selection:project-call-off           selection_project U  project
selection:project-dossier            selection_project R  project
selection:project-objective-create   selection_project U  project
selection:project-objective-update   selection_project U  project
selection:project-objective-delete   selection_project U  project
selection:project-resource           selection_project U  project
selection:project-mode               selection_project U  project
selection:project-fit                selection_project U  project
selection:project-member-create      selection_project U  project
selection:project-member-update      selection_project U  project
selection:project-member-leave       selection_project U  project
selection:project-answer             selection_project R  missing
selection:project-market             selection_project U  project
selection:project-scoring            selection_project U  project
selection:project-decision           selection_project U  project
selection:project-step               selection_project R  project
selection:project-step-update        selection_project U  project
selection:project-ask                selection_project U  project
selection:project-sign-off           selection_project A  project
selection:project-waive              selection_project A  project
selection:project-refuse             selection_project A  project
selection:project-reopen             selection_project R  missing
selection:model-create               scoring_model    C  all
selection:model-edit                 scoring_model    U  scoring_model
selection:model-next                 scoring_model    U  scoring_model
selection:model-weights              scoring_model    U  scoring_model
selection:model-checks               score            R  scoring_model
selection:model-sensitivity          score            R  scoring_model
selection:model-list                 scoring_model    R  list
selection:model-detail               scoring_model    R  scoring_model
selection:model-force                scoring_model    U  scoring_model
selection:model-retire               scoring_model    U  scoring_model
selection:run                        score            C  all
selection:customer-score             score            R  customer
selection:rate                       score_sheet      C  factor
selection:matrix                     score            R  list
selection:balance                    score            R  list
selection:scenario-list              scenario         R  list
selection:scenario-create            scenario         C  all
selection:scenario-compare           scenario         R  all
selection:scenario-detail            scenario         R  scenario
selection:scenario-update            scenario         U  scenario
selection:scenario-days              scenario         U  scenario
selection:scenario-move-create       scenario         U  scenario
selection:scenario-confirm           scenario         U  scenario
selection:scenario-decide            scenario         U  missing
selection:scenario-delete            scenario         D  scenario
selection:scenario-move-delete       scenario         U  scenario_move
selection:matrix-chosen              score            R  list
selection:what-if                    score            R  list
selection:customer-position          score            R  customer
selection:potential                  score_sheet      C  customer
selection:policy-list                scoring_model    R  all
selection:capacity-update            scoring_model    U  all
selection:policy-update              scoring_model    U  all
selection:grid                       score            R  list
selection:cell-update                scoring_model    U  all
selection:customer-relationship      score            R  customer
selection:bonds-update               score_sheet      C  customer
selection:switching-update           score_sheet      C  customer
selection:stage-update               score_sheet      C  customer
selection:quality-update             score_sheet      C  customer
selection:dependence-update          score_sheet      C  customer
selection:dependence                 score            R  list
selection:loyalty                    score            R  list
selection:tiers                      score            R  list
selection:conflicts                  score            R  list
selection:unknown-territory          score            R  list
selection:fact-finding-many          task             C  missing
selection:customer-strength          score            R  customer
selection:view-describe              score_sheet      C  customer
selection:fact-finding               task             C  customer
selection:gap-close                  task             C  view_factor
selection:view-weights               score_sheet      C  customer
selection:alternative-create         score_sheet      C  customer
selection:alternative-delete         score_sheet      C  alternative
selection:view-factor-create         score_sheet      C  customer
selection:view-factor-update         score_sheet      C  view_factor
selection:view-factor-delete         score_sheet      C  view_factor
"""

API = """
api:schema                           -                R  public
api:docs                             -                R  public
api:me                               -                R  open
api:search                           -                R  list
api:user-list                        org_unit         R  list
api:user-detail                      org_unit         R  person
api:audit-entry-list                 audit_entry      R  all
api:audit-entry-detail               audit_entry      R  missing
api:custom-field-list                custom_field     R  all
api:custom-field-detail              custom_field     R  custom_field
api:api-token-list                   api_token        R  list
api:api-token-detail                 api_token        R  missing
api:import-list                      import_batch     R  list
api:import-detail                    import_batch     R  missing
api:import-rows                      import_batch     R  missing
api:import-undo                      import_batch     C  missing
api:customer-list                    account_profile  R  list
api:customer-detail                  account_profile  R  customer
api:customer-history                 record_history   R  customer
api:customer-restore                 account_profile  D  missing
api:customer-bulk-upsert             account_profile  C  list
api:customer-by-external-id          account_profile  U  keyed
api:customer-duplicates              account_profile  R  list
api:customer-merge                   account_profile  M  customer
api:contact-merge                    contact          M  contact
api:duplicate-list                   account_profile  M  list
api:duplicate-detail                 account_profile  M  missing
api:duplicate-dismiss                account_profile  M  missing
api:merge-list                       account_profile  M  list
api:merge-detail                     account_profile  M  missing
api:merge-undo                       account_profile  M  missing
api:site-list                        account_profile  R  list
api:site-detail                      account_profile  R  site
api:site-restore                     account_profile  U  missing
api:buying-unit-list                 account_profile  R  list
api:buying-unit-detail               account_profile  R  buying_unit
api:buying-unit-restore              account_profile  U  missing
api:org-unit-list                    org_unit         R  list
api:org-unit-detail                  org_unit         R  unit
api:team-membership-list             account_team     R  list
api:team-membership-detail           account_team     R  membership
api:coverage-rule-list               coverage_rule    R  list
api:coverage-rule-detail             coverage_rule    R  coverage_rule
api:tag-list                         account_profile  R  list
api:tag-detail                       account_profile  R  missing
api:contact-list                     contact          R  list
api:contact-detail                   contact          R  contact
api:contact-left                     contact          U  contact
api:contact-restore                  contact          D  missing
api:contact-role-list                contact          R  list
api:contact-role-detail              contact          R  contact_role
api:interaction-list                 interaction      R  list
api:interaction-detail               interaction      R  interaction
api:interaction-restore              interaction      D  missing
api:task-list                        task             R  list
api:task-detail                      task             R  task
api:task-done                        task             U  task
api:task-drop                        task             U  task
api:task-reopen                      task             U  task
api:task-restore                     task             D  missing
api:consent-list                     privacy          R  list
api:consent-detail                   privacy          R  missing
api:document-list                    document         R  list
api:document-detail                  document         R  document
api:document-file                    document         R  document
api:document-restore                 document         D  missing
api:agreement-list                   agreement        R  list
api:agreement-detail                 agreement        R  agreement
api:snapshot-list                    selection_decision R  list
api:snapshot-detail                  selection_decision R  snapshot
api:snapshot-row-list                selection_decision R  list
api:snapshot-row-detail              selection_decision R  snapshot_row
api:selection-project-list           selection_project R  list
api:selection-project-detail         selection_project R  project
api:selection-project-steps          selection_project R  project
api:selection-project-ask            selection_project U  project
api:selection-project-sign-off       selection_project A  project
api:selection-project-waive          selection_project A  project
api:selection-project-refuse         selection_project A  project
api:selection-project-reopen         selection_project R  missing
api:selection-project-links          selection_project R  project
api:selection-project-market         selection_project U  project
api:selection-project-scoring        selection_project U  project
api:selection-project-decision       selection_project U  project
api:selection-project-call-off       selection_project U  project
api:selection-project-answer         selection_project R  missing
api:selection-step-list              selection_project R  list
api:selection-step-detail            selection_project R  project_step
api:selection-objective-list         selection_project R  list
api:selection-objective-detail       selection_project R  project_objective
api:selection-resource-list          selection_project R  list
api:selection-resource-detail        selection_project R  project_resource
api:selling-mode-list                selection_project R  list
api:selling-mode-detail              selection_project R  project_mode
api:selection-member-list            selection_project R  list
api:selection-member-detail          selection_project R  project_member
api:scenario-list                    scenario         R  list
api:scenario-detail                  scenario         R  scenario
api:scenario-comparison              scenario         R  all
api:scenario-move-list               scenario         R  list
api:scenario-move-detail             scenario         R  scenario_move
api:decision-list                    selection_decision R  list
api:decision-detail                  selection_decision R  decision
api:decision-tell                    selection_decision U  decision
api:decision-propose                 selection_decision U  decision
api:decision-approve                 selection_decision A  decision
api:decision-reject                  selection_decision A  decision
api:decision-withdraw                selection_decision U  decision
api:decision-acknowledge             selection_decision R  missing
api:decision-line-list               selection_decision R  list
api:decision-line-detail             selection_decision R  decision_line
api:classification-list              selection_decision R  list
api:classification-detail            selection_decision R  missing
api:score-list                       score            R  list
api:score-run                        score            C  all
api:score-detail                     score            R  score
api:scoring-model-list               scoring_model    R  list
api:scoring-model-detail             scoring_model    R  scoring_model
api:scoring-model-factors            scoring_model    U  scoring_model
api:scoring-model-next-edition       scoring_model    U  scoring_model
api:scoring-model-weights            scoring_model    U  scoring_model
api:scoring-model-force              scoring_model    U  scoring_model
api:scoring-model-retire             scoring_model    U  scoring_model
api:tier-rule-list                   scoring_model    R  list
api:tier-rule-detail                 scoring_model    R  tier_rule
api:tier-rule-preview                score            R  list
api:tier-rule-apply                  scoring_model    U  list
api:segment-list                     segment          R  list
api:segment-detail                   segment          R  segment
api:segment-accept                   segment          U  segment
api:segment-retire                   segment          U  segment
api:segment-reopen                   segment          U  segment
api:segment-place-list               segment_place    R  list
api:segment-place-detail             segment_place    R  segment_place
api:market-map-list                  market_map       R  list
api:market-map-detail                market_map       R  market_map
api:market-map-publish               market_map       U  market_map
api:market-map-next-edition          market_map       C  market_map
api:scoring-factor-list              scoring_model    R  list
api:scoring-factor-detail            scoring_model    R  judged
api:scoring-round-list               scoring_round    R  open
api:scoring-round-detail             scoring_round    R  round
api:scoring-round-release            scoring_round    U  round
api:scoring-round-close              scoring_round    U  round
api:sheet-score-list                 scoring_round    R  open
api:sheet-score-detail               scoring_round    R  missing
api:sheet-score-keep                 scoring_round    U  missing
api:agreed-score-list                scoring_round    R  open
api:agreed-score-detail              scoring_round    R  missing
api:rating-list                      score_sheet      R  list
api:rating-detail                    score_sheet      R  rating
api:position-list                    score            R  list
api:position-detail                  score            R  position
api:position-what-if                 score            R  list
api:potential-list                   score_sheet      R  list
api:potential-detail                 score_sheet      R  potential
api:quadrant-rule-list               scoring_model    R  list
api:quadrant-rule-detail             scoring_model    R  quadrant_rule
api:capacity-list                    scoring_model    R  list
api:capacity-detail                  scoring_model    R  capacity
api:relationship-list                score            R  list
api:relationship-detail              score            R  relationship
api:bond-list                        score_sheet      R  list
api:bond-detail                      score_sheet      R  bond
api:stage-assessment-list            score_sheet      R  list
api:stage-assessment-detail          score_sheet      R  missing
api:quality-response-list            score_sheet      R  list
api:quality-response-detail          score_sheet      R  missing
api:dependence-assessment-list       score_sheet      R  list
api:dependence-assessment-detail     score_sheet      R  missing
api:customer-view-list               score            R  list
api:customer-view-detail             score            R  customer_view
api:view-factor-list                 score_sheet      R  list
api:view-factor-detail               score_sheet      R  view_factor
api:alternative-list                 score_sheet      R  list
api:alternative-detail               score_sheet      R  alternative
api:supplier-score-list              score_sheet      R  list
api:supplier-score-detail            score_sheet      R  supplier_score
api:job-list                         job              R  list
api:job-detail                       job              R  missing
api:job-cancel                       job              U  missing
api:job-retry                        job              U  missing
api:job-file                         job              R  missing
api:bulk-edit-list                   bulk_edit        R  list
api:bulk-edit-detail                 bulk_edit        R  missing
api:bulk-edit-choices                bulk_edit        R  missing
api:bulk-edit-preview                bulk_edit        R  missing
api:bulk-edit-left                   bulk_edit        R  missing
api:bulk-edit-change                 bulk_edit        U  missing
api:bulk-edit-run                    bulk_edit        U  missing
api:bulk-edit-revert                 bulk_edit        U  missing
api:export-request-list              export_job       R  list
api:export-request-detail            export_job       R  missing
api:export-request-approve           export_job       A  missing
api:export-request-refuse            export_job       A  missing
api:notification-list                notification     R  list
api:notification-detail              notification     R  missing
api:notification-read                notification     U  missing
api:notification-read-all            -                U  open
api:customer-export                  account_profile  X  list
api:contact-export                   contact          X  list
api:interaction-export               interaction      X  list
api:task-export                      task             X  list
api:agreement-export                 agreement        X  list
api:site-export                      account_profile  X  list
api:buying-unit-export               account_profile  X  list
api:product-export                   product          X  list
api:ledger-line-export               sales_facts      X  list
api:changes                          -                R  list
api:webhook-list                     webhook          R  all
api:webhook-detail                   webhook          R  webhook
api:webhook-pause                    webhook          U  webhook
api:webhook-resume                   webhook          U  webhook
api:webhook-rotate                   webhook          U  webhook
api:webhook-test                     webhook          U  webhook
api:webhook-retry                    webhook          U  webhook
api:webhook-delivery-list            webhook          R  all
api:webhook-delivery-detail          webhook          R  missing
api:webhook-delivery-again           webhook          U  missing
api:product-list                     product          R  list
api:product-detail                   product          R  product
api:product-bulk                     product          U  bulk
api:product-group-list               product          R  list
api:product-group-detail             product          R  product_group
api:product-group-bulk               product          U  bulk
api:ledger-document-list             sales_facts      R  list
api:ledger-document-detail           sales_facts      R  ledger_document
api:ledger-line-list                 sales_facts      R  list
api:ledger-line-detail               sales_facts      R  ledger_line
api:ledger-line-totals               sales_facts      R  list
api:ledger-line-bulk                 sales_facts      C  bulk
api:sales-summary-list               sales_facts      R  list
api:sales-summary-detail             sales_facts      R  sales_summary
"""


def rules(table: str) -> list[Rule]:
    """The lines of a table."""
    return [Rule(*line.split()) for line in table.strip().splitlines()]


ALL_RULES = {rule.name: rule for rule in [*rules(PAGES), *rules(API)]}
