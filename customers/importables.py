"""What files can bring in about customers. Aliases are headings that such files have, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.importables import known_people
from accounts.models import User
from customers import permissions
from customers.custom_fields import AGREEMENT, CONTACT, CUSTOMER, INTERACTION, TASK
from customers.models import Agreement, Customer, Interaction, Site, Task
from customers.selectors.duplicates import likely_duplicates
from customers.services import search
from customers.services.imports.contacts import save_contacts
from customers.services.imports.customer_fields import save_customer_fields
from customers.services.imports.customers import save_customers
from customers.services.imports.duties import save_agreements, save_tasks
from customers.services.imports.likeness import likest
from customers.services.imports.parts import save_interactions, save_sites
from customers.services.imports.teams import save_team_members
from fields.definitions import book_for
from fields.importing import import_fields
from kcrm.lib import words
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.imports import Field, Importable, Kind, register
from teams.importables import known_units
from teams.models import TeamMembership
from teams.permissions import reach_of

MOST_ASKED: Final = 50  # each costs a look into the index of names
MOST_NAMES: Final = 2_000
# What the search finds besides customers: (model, kind)
FOUND: Final = tuple((f"customers.{kind}", kind) for kind in ("contact", "interaction", "task", "agreement"))
CUSTOMER_ALIASES = (
    "customer", "customer id", "customer no", "customer number", "customer name", "account", "account name", "account id",
    "company", "company name", "客户", "客户编号", "客户名称", "客户代码", "公司", "公司名称",
)  # fmt: skip


def near_customers(user: User, texts: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Customers in sight whose names are like these."""
    asked = texts[:MOST_ASKED]
    found = {text: [like.name for like in likely_duplicates(user, {"name": text}).shown] for text in asked}
    strange = [text for text in asked if not found[text]]
    if strange:  # a misspelt word of a legal form hides what the names have in common
        seen = Customer.objects.visible_to(user).order_by("name").values_list("name", flat=True)[:MOST_NAMES]
        names = [(name, (name,)) for name in seen]
        found |= {text: [name for _like, name in likest(text, names)] for text in strange}
    return {text: [(name, name) for name in names] for text, names in found.items()}


def _industries(user: User) -> Iterable[str]:
    """The industries that customers in sight have."""
    rows = Customer.objects.visible_to(user).exclude(industry="").order_by("industry")
    return rows.values_list("industry", flat=True).distinct()


def _has(resource: str, verb: Verb) -> Any:
    """A right that holds somewhere: it offers the import, and each row is asked again."""

    def allowed(user: User) -> bool:
        return permissions.token_covers(user, resource, verb) and allows_anywhere(
            resource, verb, reach_of(user).actors()
        )

    return allowed


def _may_fill_in(user: User) -> bool:
    """Who writes a class of custom fields somewhere, where there are any."""
    writes = (_has(resource, Verb.UPDATE)(user) for resource in ("account_profile", "profitability", "credit"))
    return bool(book_for(user).live(CUSTOMER.key)) and any(writes)


def _customer_key(values: Mapping[str, Any]) -> str | None:
    if values.get("external_id"):
        return f"key:{values['external_id']}"
    if values.get("registration_no"):
        return f"number:{values['registration_no']}"
    return f"name:{words.name_key(str(values.get('name', '')))}"


def _contact_key(values: Mapping[str, Any]) -> str | None:
    who = values.get("external_id") or str(values.get("email", "")).lower() or words.name_key(str(values["full_name"]))
    return f"{who}\n{words.fold(str(values['customer']))}\n{values.get('valid_from', '')}"


def _refresh(touched: Mapping[str, Iterable[int]], by: User) -> None:
    """After an undo: what is gone is found no more, what changed is found as it is."""
    ids = list(touched.get("customers.customer", ()))
    rows = Customer.objects.filter(pk__in=ids).prefetch_related("external_ids")
    search.index_customers([customer for customer in rows if customer.deleted_at is None])
    search.forget("account_profile", [customer.pk for customer in rows if customer.deleted_at is not None])
    for label, kind in FOUND:
        search.forget_binned(kind, list(touched.get(label, ())))


register(
    Importable(
        key="customers",
        label=_("Customers"),
        description=_("Companies with their key in your system, unit, owner, parent company and main address."),
        order=20,
        fields=(
            Field("external_id", _("Key in your system"), example="10042", policy=False,
                  help=_("the customer number there: rows are found again by it"),
                  aliases=("customer id", "customer no", "customer number", "account id", "account no", "id", "key",
                           "erp id", "debtor", "kundennummer", "客户编号", "客户代码", "客户编码", "编号")),
            Field("name", _("Name"), required=True, example="Alfreds Futterkiste",
                  aliases=("company name", "company", "customer name", "account name", "account", "customer", "firma",
                           "organisation", "organization", "客户名称", "公司名称", "公司", "客户", "名称", "企业名称")),
            Field("legal_name", _("Legal name"), aliases=("registered name", "法定名称", "注册名称", "公司全称", "全称")),
            Field("org_unit", _("Organisation unit"), kind=Kind.REFERENCE, known=known_units, example="EU-DE",
                  help=_("a unit's code; empty: your own unit"),
                  aliases=("unit", "unit code", "sales office", "territory", "branch", "部门", "组织", "所属部门", "销售区域")),
            Field("owner", _("Owner"), kind=Kind.REFERENCE, known=known_people, policy=False, example="nancy@example.com",
                  help=_("the key account manager's e-mail address"),
                  aliases=("account manager", "key account manager", "sales rep", "salesperson", "sales agent", "agent", "account owner", "owner email", "owner name",
                           "responsible", "负责人", "客户经理", "大客户经理", "销售员", "业务员")),
            Field("parent", _("Parent company"), kind=Kind.REFERENCE, near=near_customers, creates=("customers", ("name",)), help=_("its key in your system, or its name"),
                  aliases=("parent", "parent id", "parent account", "subsidiary of", "group", "母公司", "上级公司", "集团")),
            Field("relation", _("Relation"), kind=Kind.CHOICE, choices=dict(Customer.Relation.choices),
                  aliases=("type", "customer type", "account type", "客户类型", "类型", "关系")),
            Field("life_cycle", _("Life cycle"), kind=Kind.CHOICE, choices=dict(Customer.LifeCycle.choices),
                  aliases=("stage", "status", "lifecycle", "life cycle stage", "生命周期", "客户阶段", "阶段", "状态")),
            Field("industry", _("Industry"), vocabulary=_industries, aliases=("sector", "branch of industry", "category", "行业", "所属行业")),
            Field("country", _("Country"), kind=Kind.COUNTRY, example="DE",
                  aliases=("country code", "nation", "office location", "land", "国家", "国别", "国家/地区")),
            Field("region", _("Region"), aliases=("state", "province", "county", "地区", "省", "省份", "州", "区域")),
            Field("city", _("City"), aliases=("town", "place", "ort", "城市", "市")),
            Field("street", _("Street"), aliases=("address", "street address", "address 1", "地址", "街道", "详细地址")),
            Field("postal_code", _("Postal code"), aliases=("zip", "zip code", "postcode", "plz", "邮编", "邮政编码")),
            Field("website", _("Website"), aliases=("url", "homepage", "web", "网站", "网址", "官网")),
            Field("domain", _("E-mail domain"), aliases=("domain", "域名", "邮箱域名")),
            Field("phone", _("Phone"), aliases=("telephone", "tel", "phone number", "电话", "联系电话", "电话号码")),
            Field("registration_no", _("Registration or tax number"),
                  aliases=("registration number", "tax id", "tax number", "vat", "vat number", "vat id", "uscc",
                           "company number", "统一社会信用代码", "税号", "纳税人识别号", "注册号")),
            Field("currency", _("Currency"), example="EUR", aliases=("currency code", "币种", "货币")),
            Field("description", _("What the company does"), aliases=("notes", "about", "description", "描述", "简介", "备注")),
            Field("cadence_days", _("Talk at least every ... days"), kind=Kind.COUNT,
                  aliases=("cadence", "contact frequency", "联系频率", "拜访周期")),
        ),
        keys=("external_id", "registration_no", "domain", "name"),
        identity=_customer_key,
        allowed=permissions.can_create_customer,
        save=save_customers,
        more=lambda: import_fields(CUSTOMER.key, {"F0", "F1"}),
        refresh=_refresh,
    )
)  # fmt: skip

register(
    Importable(
        key="customer-fields",
        label=_("Custom fields of customers"),
        description=_("What your company wants to know of customers who are here, also margins and credit, for finance."),
        order=25,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, help=_("its key in your system, or its name")),
        ),
        identity=lambda values: words.fold(str(values["customer"])),
        allowed=_may_fill_in,
        save=save_customer_fields,
        more=lambda: import_fields(CUSTOMER.key, CUSTOMER.classes),
        refresh=_refresh,
    )
)  # fmt: skip

register(
    Importable(
        key="sites",
        label=_("Sites"),
        description=_("Places of customers: plants, stores, warehouses, invoice addresses."),
        order=30,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("name", _("Name"), required=True, example="Plant Hamburg",
                  aliases=("site", "site name", "location", "ship name", "地点", "地点名称", "工厂", "门店名称", "名称")),
            Field("kind", _("Kind"), kind=Kind.CHOICE, choices=dict(Site.Kind.choices),
                  aliases=("type", "site type", "地点类型", "类型")),
            Field("street", _("Street"), aliases=("address", "ship address", "地址", "街道", "详细地址")),
            Field("postal_code", _("Postal code"), aliases=("zip", "zip code", "postcode", "ship postal code", "邮编")),
            Field("city", _("City"), aliases=("town", "ship city", "城市", "市")),
            Field("region", _("Region"), aliases=("state", "province", "ship region", "地区", "省", "省份")),
            Field("country", _("Country"), kind=Kind.COUNTRY, aliases=("country code", "ship country", "国家")),
            Field("phone", _("Phone"), aliases=("telephone", "tel", "电话")),
            Field("is_primary", _("Main address"), kind=Kind.FLAG, aliases=("primary", "main", "主要地址", "主地址")),
        ),
        keys=("name",),
        identity=lambda values: f"{words.fold(str(values['customer']))}\n{words.fold(str(values['name']))}",
        allowed=_has("account_profile", Verb.UPDATE),
        save=save_sites,
    )
)  # fmt: skip

register(
    Importable(
        key="contacts",
        label=_("Contacts"),
        description=_("People at customers, each with a role there."),
        order=40,
        fields=(
            Field("external_id", _("Key in your system"), policy=False,
                  aliases=("contact id", "person id", "id", "联系人编号", "编号")),
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("full_name", _("Name"), required=True, example="Maria Anders",
                  aliases=("contact name", "contact", "person", "full name", "联系人", "姓名", "联系人姓名")),
            Field("job_title", _("Job title"), aliases=("contact title", "title", "position", "function", "职务", "职位", "头衔")),
            Field("department", _("Department"), aliases=("division", "部门")),
            Field("salutation", _("Salutation"), aliases=("title of courtesy", "mr mrs", "称呼", "称谓")),
            Field("email", _("Work e-mail"), example="maria@example.com",
                  aliases=("e-mail", "mail", "email address", "邮箱", "电子邮件", "电子邮箱")),
            Field("phone", _("Work phone"), aliases=("telephone", "tel", "contact phone", "电话", "办公电话")),
            Field("mobile", _("Work mobile"), aliases=("cell", "cell phone", "mobile phone", "手机", "手机号")),
            Field("language", _("Language"), aliases=("spoken language", "语言")),
            Field("is_primary", _("First person to call"), kind=Kind.FLAG, aliases=("primary", "main contact", "主要联系人", "首要联系人")),
            Field("valid_from", _("In this role from"), kind=Kind.DATE, aliases=("from", "since", "任职开始", "开始日期")),
            Field("valid_to", _("In this role until"), kind=Kind.DATE, aliases=("until", "to", "任职结束", "结束日期")),
            Field("left_on", _("Left the company on"), kind=Kind.DATE, aliases=("left", "离职日期")),
            Field("birthday", _("Birthday"), kind=Kind.DATE, aliases=("birth date", "date of birth", "生日", "出生日期")),
            Field("home_address", _("Home address"), aliases=("private address", "家庭住址")),
            Field("private_phone", _("Private phone"), aliases=("home phone", "私人电话")),
            Field("chat_id", _("Chat id"), aliases=("wechat", "whatsapp", "微信", "微信号")),
        ),
        keys=("external_id", "email", "full_name"),
        identity=_contact_key,
        allowed=_has("contact", Verb.CREATE),
        save=save_contacts,
        more=lambda: import_fields(CONTACT.key, {"F6", "F6P"}),
        refresh=_refresh,
    )
)  # fmt: skip

register(
    Importable(
        key="account-teams",
        label=_("Account teams"),
        description=_("Who of ours works for which customer, as what, seeing how much, and from when."),
        order=50,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("person", _("Person"), kind=Kind.REFERENCE, required=True, known=known_people, example="nancy@example.com",
                  aliases=("email", "e-mail", "user", "employee", "member", "salesperson", "人员", "员工", "成员", "邮箱")),
            Field("function", _("Role in the team"), kind=Kind.CHOICE, choices=dict(TeamMembership.Function.choices),
                  aliases=("role", "function", "角色", "职能")),
            Field("level", _("Rights"), kind=Kind.CHOICE, choices=dict(TeamMembership.Level.choices), required=True,
                  example="contribute", aliases=("level", "access", "权限", "级别")),
            Field("fin", _("Finance"), kind=Kind.CHOICE, choices=dict(TeamMembership.Finance.choices),
                  aliases=("finance flag", "margins", "财务权限")),
            Field("political", _("Political notes"), kind=Kind.FLAG, aliases=("political", "政治备注")),
            Field("negotiation", _("Negotiation position"), kind=Kind.FLAG, aliases=("negotiation", "谈判立场")),
            Field("valid_from", _("From"), kind=Kind.DATE, policy=False, aliases=("since", "start", "开始日期", "起始日期")),
            Field("valid_to", _("Until"), kind=Kind.DATE, aliases=("end", "结束日期", "截止日期")),
            Field("days_per_month", _("Planned days a month"), kind=Kind.NUMBER, aliases=("days", "每月天数")),
        ),
        keys=("person",),
        identity=lambda values: "\n".join(
            [words.fold(str(values["customer"])), str(values["person"]).casefold(), str(values.get("valid_from", ""))]
        ),
        allowed=_has("account_team", Verb.GRANT),
        save=save_team_members,
    )
)  # fmt: skip

register(
    Importable(
        key="interactions",
        label=_("Interactions"),
        description=_("Calls, visits, meetings, e-mails and notes."),
        order=60,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("happened_at", _("When"), kind=Kind.MOMENT, required=True, example="2026-01-31 14:30",
                  aliases=("date", "day", "happened at", "time", "日期", "时间", "拜访日期")),
            Field("kind", _("Kind"), kind=Kind.CHOICE, choices=dict(Interaction.Kind.choices),
                  aliases=("type", "activity type", "channel", "方式", "类型")),
            Field("subject", _("Subject"), required=True, example="Annual review",
                  aliases=("title", "topic", "summary", "主题", "标题")),
            Field("body", _("Notes"), aliases=("text", "description", "details", "minutes of meeting", "内容", "备注", "纪要")),
            Field("minutes", _("Minutes"), kind=Kind.COUNT, aliases=("duration", "时长", "分钟")),
            Field("by_customer", _("The customer came to us"), kind=Kind.FLAG, aliases=("inbound", "客户来访")),
            Field("outcome", _("Outcome"), kind=Kind.CHOICE, aliases=("result", "结果"),
                  choices={code: label for code, label in Interaction.Outcome.choices if code}),
            Field("next_step", _("Next step"), aliases=("follow up", "下一步")),
            Field("next_step_on", _("Next step by"), kind=Kind.DATE, aliases=("follow up on", "due", "下一步日期")),
            Field("recorded_by", _("Recorded by"), kind=Kind.REFERENCE, known=known_people, policy=False,
                  aliases=("employee", "salesperson", "sales agent", "agent", "owner", "author", "logged by", "记录人", "业务员", "销售员")),
        ),
        keys=("subject",),
        identity=lambda values: "\n".join(
            [words.fold(str(values["customer"])), str(values["happened_at"]), str(values.get("kind", "")),
             str(values["subject"])]
        ),
        allowed=_has("interaction", Verb.CREATE),
        save=save_interactions,
        more=lambda: import_fields(INTERACTION.key, INTERACTION.classes),
        refresh=_refresh,
    )
)  # fmt: skip

register(
    Importable(
        key="tasks",
        label=_("Tasks"),
        description=_("What somebody of ours is to do for a customer, and by when. Nobody gets a message about them."),
        order=62,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("title", _("What is to be done"), required=True, example="Send the price list",
                  aliases=("title", "task", "task name", "subject", "to do", "todo", "activity", "任务", "待办", "任务名称", "主题", "标题")),
            Field("detail", _("Details"), aliases=("description", "notes", "comments", "详情", "描述", "备注", "内容")),
            Field("assignee", _("Who"), kind=Kind.REFERENCE, known=known_people, example="nancy@example.com",
                  help=_("the e-mail address or name of somebody who works for the customer; empty: you"),
                  aliases=("assigned to", "owner", "responsible", "employee", "user", "执行人", "负责人", "处理人")),
            Field("due_on", _("Due on"), kind=Kind.DATE, example="2026-03-31",
                  aliases=("due date", "deadline", "due", "by when", "截止日期", "到期日", "期限")),
            Field("priority", _("Priority"), kind=Kind.CHOICE, aliases=("importance", "优先级", "重要性"),
                  choices={priority.name.lower(): priority.label for priority in Task.Priority}),
            Field("state", _("State"), kind=Kind.CHOICE, choices=dict(Task.State.choices), aliases=("status", "状态")),
            Field("done_on", _("Done on"), kind=Kind.DATE, policy=False,
                  aliases=("completed on", "completed", "closed date", "完成日期", "完成时间")),
        ),
        keys=("title",),
        identity=lambda values: "\n".join(
            [words.fold(str(values["customer"])), words.fold(str(values["title"])), str(values.get("due_on", ""))]
        ),
        allowed=_has("task", Verb.CREATE),
        save=save_tasks,
        more=lambda: import_fields(TASK.key, TASK.classes),
        refresh=_refresh,
    )
)  # fmt: skip

register(
    Importable(
        key="agreements",
        label=_("Agreements"),
        description=_("Contracts and price agreements: when they hold, what they are worth, when notice is due."),
        order=64,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042", aliases=CUSTOMER_ALIASES,
                  near=near_customers, creates=("customers", ("name",))),
            Field("title", _("Title"), required=True, example="Framework contract 2026",
                  aliases=("agreement", "contract", "contract name", "contract title", "subject", "合同", "合同名称", "协议", "协议名称", "标题")),
            Field("kind", _("Kind"), kind=Kind.CHOICE, choices=dict(Agreement.Kind.choices),
                  aliases=("type", "contract type", "agreement type", "合同类型", "协议类型", "类型")),
            Field("starts_on", _("From"), kind=Kind.DATE, required=True, example="2026-01-01",
                  aliases=("start", "start date", "valid from", "effective date", "开始日期", "生效日期", "起始日期")),
            Field("ends_on", _("Until"), kind=Kind.DATE, example="2026-12-31",
                  aliases=("end", "end date", "valid to", "valid until", "expiry date", "expires", "结束日期", "到期日", "终止日期")),
            Field("notice_days", _("Days of notice"), kind=Kind.COUNT, example="90",
                  aliases=("notice", "notice period", "notice days", "通知期", "提前通知天数")),
            Field("renews", _("Renews by itself"), kind=Kind.FLAG, aliases=("auto renew", "automatic renewal", "renewal", "自动续约", "自动续签")),
            Field("annual_value", _("Value a year"), kind=Kind.MONEY, example="120000",
                  aliases=("annual value", "value", "contract value", "amount", "年金额", "合同金额", "年价值")),
            Field("currency", _("Currency"), example="EUR", aliases=("currency code", "币种", "货币")),
        ),
        keys=("title",),
        identity=lambda values: "\n".join(
            [words.fold(str(values["customer"])), words.fold(str(values["title"])), str(values["starts_on"])]
        ),
        allowed=_has("agreement", Verb.CREATE),
        save=save_agreements,
        more=lambda: import_fields(AGREEMENT.key, AGREEMENT.classes),
        refresh=_refresh,
    )
)  # fmt: skip
